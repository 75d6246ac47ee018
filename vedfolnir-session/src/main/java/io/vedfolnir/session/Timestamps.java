// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Dates in session documents: one form is written, every form that Python leaves is read. */
final class Timestamps {

  private static final DateTimeFormatter WRITTEN =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  // str(datetime) has a blank where isoformat() has the T, and json.dumps(default=str) uses str.
  private static final DateTimeFormatter READ =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("['T'][' ']HH:mm[:ss]")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .optionalStart()
          .appendOffset("+HH:MM:ss", "Z")
          .optionalEnd()
          .toFormatter(Locale.ROOT);

  private static final Pattern EPOCH = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,20})?");

  private Timestamps() {}

  /** As JSON text: UTC, {@code Z}, exactly six fraction digits. */
  static String write(Instant time) {
    return '"' + WRITTEN.format(time) + '"';
  }

  /** Of JSON text: ISO 8601 in a string, UTC if it names no offset; or seconds since 1970. */
  static Optional<Instant> read(String json) {
    if (EPOCH.matcher(json).matches()) {
      BigDecimal seconds = new BigDecimal(json);
      long nanos =
          seconds
              .remainder(BigDecimal.ONE)
              .movePointRight(9)
              .setScale(0, RoundingMode.DOWN)
              .longValue();
      return Optional.of(Instant.ofEpochSecond(seconds.longValue(), nanos));
    }
    return JsonText.text(json).flatMap(Timestamps::parse);
  }

  private static Optional<Instant> parse(String text) {
    try {
      TemporalAccessor parsed = READ.parse(text);
      ZoneOffset offset = parsed.query(TemporalQueries.offset());
      return Optional.of(
          LocalDateTime.from(parsed).toInstant(offset == null ? ZoneOffset.UTC : offset));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
