// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.codec.JsonSerializer;
import io.vedfolnir.queue.codec.PayloadLimits;
import io.vedfolnir.queue.codec.PayloadRefusedException;
import io.vedfolnir.queue.codec.PyBytes;
import io.vedfolnir.queue.codec.PyComplex;
import io.vedfolnir.queue.codec.PyDecimal;
import io.vedfolnir.queue.codec.PyFrozenSet;
import io.vedfolnir.queue.codec.PyOpaque;
import io.vedfolnir.queue.codec.PyTuple;
import io.vedfolnir.queue.codec.Trust;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Values of jobs to and from the JSON of the command line. */
final class JsonValues {

  private static final JsonSerializer JSON = new JsonSerializer(PayloadLimits.defaults());

  private static final Map<Class<?>, String> PYTHON_TYPES =
      Map.of(
          LocalDate.class, "date",
          Duration.class, "timedelta",
          UUID.class, "uuid",
          PyComplex.class, "complex");

  private JsonValues() {}

  static List<@Nullable Object> array(String what, String json) {
    if (read(what, json) instanceof List<?> list) {
      return new ArrayList<>(list);
    }
    throw new IllegalArgumentException(what + " must be a JSON array, such as [2, 3]");
  }

  static Map<String, @Nullable Object> object(String what, String json) {
    if (read(what, json) instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((name, value) -> copy.put(String.valueOf(name), value));
      return copy;
    }
    throw new IllegalArgumentException(what + " must be a JSON object, such as {\"b\": 3}");
  }

  /** The value of a result; one that cannot be read is shown as {@code {"refused": reason}}. */
  static @Nullable Object value(JobResult result) {
    return result
        .refusal()
        .<Object>map(reason -> Map.of("refused", reason))
        .orElseGet(() -> result.value().map(JsonValues::plain).orElse(null));
  }

  /** A value of lists, maps, text, numbers and booleans as JSON. */
  static String text(@Nullable Object value) {
    return new String(JSON.dumps(value), US_ASCII);
  }

  private static @Nullable Object read(String what, String json) {
    try {
      return JSON.loads(json.getBytes(UTF_8), Trust.ARGUMENTS);
    } catch (PayloadRefusedException e) {
      throw new IllegalArgumentException(what + " cannot be read as JSON: " + e.getMessage(), e);
    }
  }

  /** What JSON cannot carry becomes {@code {"$type": …, "value": …}}. */
  static @Nullable Object plain(@Nullable Object value) {
    if (value == null
        || value instanceof Boolean
        || value instanceof String
        || value instanceof Long
        || value instanceof Double
        || value instanceof java.math.BigInteger) {
      return value;
    }
    if (value instanceof List<?> list) {
      return plain((Collection<?>) list);
    }
    if (value instanceof Map<?, ?> map) {
      return plain(map);
    }
    if (value instanceof PyTuple tuple) {
      return plain((Collection<?>) tuple.items());
    }
    if (value instanceof byte[] bytes) {
      return typed("bytes", Base64.getEncoder().encodeToString(bytes));
    }
    if (value instanceof PyBytes bytes) {
      return typed("bytes", Base64.getEncoder().encodeToString(bytes.toByteArray()));
    }
    if (value instanceof PyFrozenSet set) {
      return typed("frozenset", plain(set.items()));
    }
    if (value instanceof Collection<?> set) {
      return typed("set", plain(set));
    }
    if (value instanceof PyOpaque opaque) {
      return typed(opaque.module() + "." + opaque.name(), plain(opaque.arguments()));
    }
    return typed(pythonType(value), value.toString());
  }

  private static String pythonType(Object value) {
    if (value instanceof LocalDateTime
        || value instanceof OffsetDateTime
        || value instanceof ZonedDateTime) {
      return "datetime";
    }
    if (value instanceof LocalTime || value instanceof OffsetTime) {
      return "time";
    }
    if (value instanceof BigDecimal || value instanceof PyDecimal) {
      return "decimal";
    }
    return PYTHON_TYPES.getOrDefault(value.getClass(), value.getClass().getSimpleName());
  }

  private static List<@Nullable Object> plain(Collection<?> items) {
    List<@Nullable Object> copy = new ArrayList<>(items.size());
    items.forEach(item -> copy.add(plain((Object) item)));
    return copy;
  }

  private static Object plain(Map<?, ?> map) {
    if (!map.keySet().stream().allMatch(String.class::isInstance)) {
      List<@Nullable Object> pairs = new ArrayList<>();
      map.forEach((key, value) -> pairs.add(plain(java.util.Arrays.asList(key, value))));
      return typed("dict", pairs);
    }
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put((String) key, plain(value)));
    return copy;
  }

  private static Map<String, @Nullable Object> typed(String type, @Nullable Object value) {
    Map<String, @Nullable Object> pair = new LinkedHashMap<>();
    pair.put("$type", type);
    pair.put("value", value);
    return pair;
  }
}
