// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Python's datetime module from its pickled state; null where Java has no exact twin. */
final class PickleTimes {
  private static final Set<String> REGIONS = Set.copyOf(ZoneId.getAvailableZoneIds());
  private static final long MAX_DAYS = 999_999_999L;
  private static final long FAR = 1L << 53;

  private PickleTimes() {}

  static @Nullable Object value(PickleGlobal callee, List<@Nullable Object> arguments) {
    try {
      return switch (callee.name()) {
        case "datetime" -> dateTime(arguments);
        case "date" -> date(arguments);
        case "time" -> time(arguments);
        case "timedelta" -> delta(arguments);
        case "timezone" -> zone(arguments);
        default -> region(arguments);
      };
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private static @Nullable Object dateTime(List<@Nullable Object> arguments) {
    byte[] s = state(arguments, 10);
    if (s == null) {
      return null;
    }
    boolean fold = s[2] < 0;
    LocalDate date = LocalDate.of(year(s), s[2] & 0x7f, s[3]);
    LocalDateTime local = LocalDateTime.of(date, time(s, 4, s[4]));
    Object zone = arguments.size() > 1 ? arguments.get(1) : null;
    if (arguments.size() == 1) {
      return local;
    }
    if (zone instanceof ZoneOffset offset) {
      return OffsetDateTime.of(local, offset);
    }
    return zone instanceof ZoneId region ? zoned(local, region, fold) : null;
  }

  private static @Nullable Object zoned(LocalDateTime local, ZoneId region, boolean fold) {
    List<ZoneOffset> offsets = region.getRules().getValidOffsets(local);
    // In the gap of a change Python keeps a time that does not exist; Java would move it.
    return offsets.isEmpty()
        ? null
        : ZonedDateTime.ofLocal(local, region, offsets.get(fold ? offsets.size() - 1 : 0));
  }

  private static @Nullable Object date(List<@Nullable Object> arguments) {
    byte[] s = state(arguments, 4);
    return s == null || arguments.size() > 1 ? null : LocalDate.of(year(s), s[2], s[3]);
  }

  private static @Nullable Object time(List<@Nullable Object> arguments) {
    byte[] s = state(arguments, 6);
    if (s == null) {
      return null;
    }
    LocalTime local = time(s, 0, s[0] & 0x7f);
    if (arguments.size() == 1) {
      return local;
    }
    return arguments.get(1) instanceof ZoneOffset offset ? OffsetTime.of(local, offset) : null;
  }

  private static @Nullable Object delta(List<@Nullable Object> arguments) {
    if (arguments.size() != 3
        || !(arguments.get(0) instanceof Long days)
        || !(arguments.get(1) instanceof Long seconds)
        || !(arguments.get(2) instanceof Long micros)
        || Math.abs(days) > MAX_DAYS
        || Math.abs(seconds) > FAR
        || Math.abs(micros) > FAR) {
      return null;
    }
    Duration sum =
        Duration.ofDays(days).plusSeconds(seconds).plusNanos(Math.multiplyExact(micros, 1000L));
    return Math.abs(sum.toDays()) > MAX_DAYS + 1 ? null : sum;
  }

  private static @Nullable Object zone(List<@Nullable Object> arguments) {
    boolean known = arguments.size() == 1 || arguments.size() == 2;
    if (!known || !(arguments.get(0) instanceof Duration offset) || offset.getNano() != 0) {
      return null;
    }
    return ZoneOffset.ofTotalSeconds(Math.toIntExact(offset.getSeconds()));
  }

  private static @Nullable Object region(List<@Nullable Object> arguments) {
    boolean known = arguments.size() == 1 || arguments.size() == 2;
    if (!known || !(arguments.get(0) instanceof String name) || !isRegion(name)) {
      return null;
    }
    return ZoneId.of(name);
  }

  /** Java also knows names of its own ("SystemV/EST5", "UTC+1"); Python has the regions only. */
  static boolean isRegion(String name) {
    return REGIONS.contains(name) && !name.startsWith("SystemV/");
  }

  private static byte @Nullable [] state(List<@Nullable Object> arguments, int length) {
    if (arguments.isEmpty() || arguments.size() > 2) {
      return null;
    }
    byte[] state = null;
    if (arguments.get(0) instanceof byte[] bytes) {
      state = bytes;
    } else if (arguments.get(0) instanceof String text && text.length() == length) {
      state = text.getBytes(StandardCharsets.ISO_8859_1);
    }
    return state == null || state.length != length ? null : state;
  }

  private static int year(byte[] s) {
    int year = (s[0] & 0xff) << 8 | (s[1] & 0xff);
    if (year < 1 || year > 9999) {
      throw new DateTimeException("year");
    }
    return year;
  }

  private static LocalTime time(byte[] s, int at, int hour) {
    int micros = (s[at + 3] & 0xff) << 16 | (s[at + 4] & 0xff) << 8 | (s[at + 5] & 0xff);
    if (micros > 999_999) {
      throw new DateTimeException("microsecond");
    }
    return LocalTime.of(hour, s[at + 1], s[at + 2], micros * 1000);
  }
}
