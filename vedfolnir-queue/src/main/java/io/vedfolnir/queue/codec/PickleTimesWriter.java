// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/** Java times as calls of Python's datetime module with its pickled state. */
final class PickleTimesWriter {
  private static final long MAX_DAYS = 999_999_999L;

  private final PickleOutput out;

  PickleTimesWriter(PickleOutput out) {
    this.out = out;
  }

  void write(@Nullable Object value) {
    if (value instanceof LocalDateTime local) {
      dateTime(local, false);
      out.tupleAndCall();
    } else if (value instanceof OffsetDateTime aware) {
      dateTime(aware.toLocalDateTime(), false);
      offset(aware.getOffset());
      out.tupleAndCall();
    } else if (value instanceof ZonedDateTime zoned) {
      zoned(zoned);
    } else if (value instanceof LocalDate date) {
      date(date);
    } else if (value instanceof LocalTime time) {
      time(time);
      out.tupleAndCall();
    } else if (value instanceof OffsetTime time) {
      time(time.toLocalTime());
      offset(time.getOffset());
      out.tupleAndCall();
    } else if (value instanceof Duration duration) {
      delta(duration);
    } else if (value instanceof ZoneOffset offset) {
      offset(offset);
    } else if (value instanceof ZoneId zone) {
      region(zone);
    } else {
      throw WriteBudget.cannotCarry(value, advice(value));
    }
  }

  private static String advice(@Nullable Object value) {
    if (value instanceof Instant) {
      return "pass instant.atOffset(ZoneOffset.UTC)";
    }
    if (value instanceof PyOpaque) {
      return "objects of unknown Python classes can be read, not written";
    }
    return "pass null, Boolean, a number, String, byte[], List, PyTuple, Map, Set, java.time, UUID";
  }

  private void zoned(ZonedDateTime zoned) {
    if (zoned.getZone() instanceof ZoneOffset offset) {
      write(zoned.toLocalDateTime().atOffset(offset));
      return;
    }
    boolean later =
        !zoned.toLocalDateTime().equals(zoned.withEarlierOffsetAtOverlap().toLocalDateTime())
            || !zoned.getOffset().equals(zoned.withEarlierOffsetAtOverlap().getOffset());
    dateTime(zoned.toLocalDateTime(), later);
    region(zoned.getZone());
    out.tupleAndCall();
  }

  private void dateTime(LocalDateTime local, boolean fold) {
    byte[] s = new byte[10];
    date(local.toLocalDate(), s);
    if (fold) {
      s[2] |= (byte) 0x80;
    }
    time(local.toLocalTime(), s, 4);
    out.global("datetime", "datetime");
    out.opcode('(');
    out.bytes(s);
  }

  private void date(LocalDate date) {
    byte[] s = new byte[4];
    date(date, s);
    out.global("datetime", "date");
    out.opcode('(');
    out.bytes(s);
    out.tupleAndCall();
  }

  private void time(LocalTime time) {
    byte[] s = new byte[6];
    time(time, s, 0);
    out.global("datetime", "time");
    out.opcode('(');
    out.bytes(s);
  }

  private void delta(Duration duration) {
    long days = Math.floorDiv(duration.getSeconds(), 86_400L);
    if (days < -MAX_DAYS || days > MAX_DAYS) {
      throw WriteBudget.cannotCarry(duration, "Python's timedelta ends at 999999999 days");
    }
    out.global("datetime", "timedelta");
    out.opcode('(');
    out.integer(days);
    out.integer(Math.floorMod(duration.getSeconds(), 86_400L));
    out.integer(micros(duration.getNano()));
    out.tupleAndCall();
  }

  private void offset(ZoneOffset offset) {
    out.global("datetime", "timezone");
    out.opcode('(');
    delta(Duration.ofSeconds(offset.getTotalSeconds()));
    out.tupleAndCall();
  }

  private void region(ZoneId zone) {
    if (!PickleTimes.isRegion(zone.getId())) {
      throw WriteBudget.cannotCarry(zone, "pass a region as Europe/Berlin, or a ZoneOffset");
    }
    out.textCall("zoneinfo", "ZoneInfo", zone.getId());
  }

  private static void date(LocalDate date, byte[] s) {
    if (date.getYear() < 1 || date.getYear() > 9999) {
      throw WriteBudget.cannotCarry(date, "Python's years go from 1 to 9999");
    }
    s[0] = (byte) (date.getYear() >> 8);
    s[1] = (byte) date.getYear();
    s[2] = (byte) date.getMonthValue();
    s[3] = (byte) date.getDayOfMonth();
  }

  private static void time(LocalTime time, byte[] s, int at) {
    int micros = micros(time.getNano());
    s[at] = (byte) time.getHour();
    s[at + 1] = (byte) time.getMinute();
    s[at + 2] = (byte) time.getSecond();
    s[at + 3] = (byte) (micros >> 16);
    s[at + 4] = (byte) (micros >> 8);
    s[at + 5] = (byte) micros;
  }

  private static int micros(int nanos) {
    if (nanos % 1000 != 0) {
      throw new IllegalArgumentException(
          "a time has nanoseconds, Python's times have microseconds; call"
              + " truncatedTo(ChronoUnit.MICROS) first");
    }
    return nanos / 1000;
  }
}
