// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** RQ's three ways to write a time. A date in any other form stops a Python worker. */
public final class RqTime {

  private static final DateTimeFormatter WRITTEN =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter READ =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
          .appendLiteral('Z')
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private RqTime() {}

  /** Date text with exactly six fraction digits. */
  public static String date(Instant instant) {
    return WRITTEN.format(instant);
  }

  /**
   * The time of a date text.
   *
   * @throws DateTimeParseException if RQ could not read it
   */
  public static Instant parse(String date) {
    return READ.parse(date, Instant::from);
  }

  /** Seconds with a fraction, as in executions and results. */
  public static String seconds(Instant instant) {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    return String.format(Locale.ROOT, "%d.%06d", micros / 1_000_000, micros % 1_000_000);
  }

  /** The time of a score; empty for what is kept for ever, which is infinite or -1. */
  static Optional<Instant> ofScore(double score) {
    return Double.isFinite(score) && score >= 0 && score < 1e11
        ? Optional.of(Instant.ofEpochMilli((long) (score * 1_000)))
        : Optional.empty();
  }

  /** Whole seconds, as scores of the registries. */
  public static double score(Instant instant) {
    return instant.getEpochSecond();
  }
}
