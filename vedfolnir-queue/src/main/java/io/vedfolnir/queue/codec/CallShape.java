// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.codec.PayloadRefusedException.Reason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The four elements of RQ's job data: function, instance, args, kwargs. */
final class CallShape {
  private CallShape() {}

  static RemoteCall call(@Nullable Object outer) {
    List<@Nullable Object> parts = sequence(outer);
    if (parts.size() != 4) {
      throw PayloadRefusedException.malformed("a job has four elements");
    }
    if (!(parts.get(0) instanceof String function) || !RemoteCall.isFunction(function)) {
      throw PayloadRefusedException.malformed("a job has no function name of 1 to 512 characters");
    }
    if (parts.get(1) != null) {
      throw new PayloadRefusedException(
          Reason.INSTANCE_METHOD,
          "the job calls a method of a Python object; enqueue a plain function instead");
    }
    return new RemoteCall(function, arguments(parts.get(2)), keywords(parts.get(3)));
  }

  // None instead of arguments fails in Python, but what it means is clear.
  private static List<@Nullable Object> arguments(@Nullable Object value) {
    return value == null ? List.of() : sequence(value);
  }

  private static Map<String, @Nullable Object> keywords(@Nullable Object value) {
    if (value == null) {
      return Map.of();
    }
    if (value instanceof Map<?, ?> map) {
      return textKeys(map);
    }
    throw PayloadRefusedException.malformed("keyword arguments are not a dict");
  }

  static Map<String, @Nullable Object> textKeys(Map<?, ?> map) {
    Map<String, @Nullable Object> text = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw PayloadRefusedException.malformed("a keyword is not text");
      }
      text.put(key, entry.getValue());
    }
    return text;
  }

  @SuppressWarnings("unchecked")
  private static List<@Nullable Object> sequence(@Nullable Object value) {
    if (value instanceof PyTuple tuple) {
      return tuple.items();
    }
    if (value instanceof List<?> list) {
      return (List<@Nullable Object>) list;
    }
    throw PayloadRefusedException.malformed("a job or its arguments are no sequence");
  }
}
