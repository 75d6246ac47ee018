// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A value as text that names every type, so that two languages can compare what they hold. The
 * Python side prints the same in typed_values.py.
 */
final class TypedValue {
  private TypedValue() {}

  static String of(@Nullable Object value) {
    if (value == null) {
      return "none";
    } else if (value instanceof Boolean bool) {
      return "bool:" + bool;
    } else if (value instanceof Long || value instanceof Integer || value instanceof BigInteger) {
      return "int:" + value;
    } else if (value instanceof Double number) {
      return "float:" + bits(number);
    } else if (value instanceof String text) {
      return "str:" + text(text);
    } else if (value instanceof byte[] bytes) {
      return "bytes:" + HexFormat.of().formatHex(bytes);
    } else if (value instanceof PyBytes bytes) {
      return of(bytes.toByteArray());
    } else if (value instanceof List<?> list) {
      return "list[" + joined(list) + "]";
    } else if (value instanceof PyTuple tuple) {
      return "tuple[" + joined(tuple.items()) + "]";
    } else if (value instanceof Map<?, ?> map) {
      return "dict["
          + map.entrySet().stream()
              .map(entry -> of(entry.getKey()) + "=" + of(entry.getValue()))
              .collect(Collectors.joining(","))
          + "]";
    } else if (value instanceof Set<?> set) {
      return "set[" + sorted(set) + "]";
    } else if (value instanceof PyFrozenSet set) {
      return "frozenset[" + sorted(set.items()) + "]";
    }
    return other(value);
  }

  private static String other(Object value) {
    if (value instanceof UUID uuid) {
      return "uuid:" + uuid;
    } else if (value instanceof BigDecimal decimal) {
      return "decimal:" + decimal;
    } else if (value instanceof PyDecimal decimal) {
      return "decimal:" + decimal.text();
    } else if (value instanceof PyComplex complex) {
      return "complex:" + bits(complex.real()) + "," + bits(complex.imaginary());
    } else if (value instanceof PyOpaque opaque) {
      return "object:" + opaque.module() + "." + opaque.name();
    }
    return time(value);
  }

  private static String time(Object value) {
    if (value instanceof LocalDateTime local) {
      return "datetime:" + local(local);
    } else if (value instanceof OffsetDateTime aware) {
      return "datetime:" + local(aware.toLocalDateTime()) + offset(aware.getOffset());
    } else if (value instanceof ZonedDateTime zoned) {
      return "datetime:"
          + local(zoned.toLocalDateTime())
          + offset(zoned.getOffset())
          + "@"
          + zoned.getZone().getId();
    } else if (value instanceof LocalDate date) {
      return "date:" + date.getYear() + "," + date.getMonthValue() + "," + date.getDayOfMonth();
    } else if (value instanceof LocalTime time) {
      return "time:" + clock(time);
    } else if (value instanceof OffsetTime time) {
      return "time:" + clock(time.toLocalTime()) + offset(time.getOffset());
    } else if (value instanceof Duration duration) {
      return "timedelta:" + duration.getSeconds() + "," + duration.getNano() / 1000;
    } else if (value instanceof ZoneOffset offset) {
      return "timezone:" + offset(offset);
    } else if (value instanceof ZoneId zone) {
      return "zone:" + zone.getId();
    }
    throw new AssertionError("no such value: " + value.getClass());
  }

  private static String local(LocalDateTime local) {
    return local.getYear()
        + ","
        + local.getMonthValue()
        + ","
        + local.getDayOfMonth()
        + ","
        + clock(local.toLocalTime());
  }

  private static String clock(LocalTime time) {
    return time.getHour()
        + ","
        + time.getMinute()
        + ","
        + time.getSecond()
        + ","
        + time.getNano() / 1000;
  }

  private static String offset(ZoneOffset offset) {
    return "+" + offset.getTotalSeconds();
  }

  private static String bits(double number) {
    return Double.isNaN(number)
        ? "nan"
        : HexFormat.of().toHexDigits(Double.doubleToLongBits(number));
  }

  private static String text(String text) {
    StringBuilder hex = new StringBuilder(4 * text.length());
    text.chars().forEach(c -> hex.append(HexFormat.of().toHexDigits((char) c)));
    return hex.toString();
  }

  private static String joined(Collection<?> values) {
    return values.stream().map(TypedValue::of).collect(Collectors.joining(","));
  }

  private static String sorted(Collection<?> values) {
    Stream<String> texts = values.stream().map(TypedValue::of).sorted();
    return texts.collect(Collectors.joining(","));
  }
}
