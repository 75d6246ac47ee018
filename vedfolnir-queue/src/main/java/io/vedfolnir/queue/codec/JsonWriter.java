// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON exactly as Python's {@code json.dumps} prints it.
 *
 * <p>Recursive: the depth limit, which is at most 1000, bounds the stack.
 */
final class JsonWriter {
  private final StringBuilder out = new StringBuilder();
  private final WriteBudget budget;

  JsonWriter(PayloadLimits limits) {
    this.budget = new WriteBudget(limits);
  }

  String write(@Nullable Object value) {
    any(value);
    budget.bytes(out.length());
    return out.toString();
  }

  private void any(@Nullable Object value) {
    budget.value();
    if (value instanceof String text) {
      quote(text);
    } else if (value instanceof List<?> list) {
      list(list);
    } else if (value instanceof PyTuple tuple) {
      list(tuple.items());
    } else if (value instanceof Map<?, ?> map) {
      object(map);
    } else {
      String scalar = scalar(value);
      if (scalar == null) {
        throw WriteBudget.cannotCarry(
            value, "JSON has no such value; pass it as text or number, or use pickle");
      }
      out.append(scalar);
    }
  }

  private @Nullable String scalar(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof BigInteger big) {
      budget.bits(big.bitLength());
      return big.toString();
    }
    if (value instanceof Double || value instanceof Float) {
      return PythonFloat.json(((Number) value).doubleValue());
    }
    boolean plain =
        value instanceof Boolean
            || value instanceof Long
            || value instanceof Integer
            || value instanceof Short
            || value instanceof Byte;
    return plain ? value.toString() : null;
  }

  private void list(List<?> elements) {
    budget.enter();
    out.append('[');
    String separator = "";
    for (Object element : elements) {
      out.append(separator);
      separator = ", ";
      any(element);
    }
    out.append(']');
    budget.leave();
  }

  private void object(Map<?, ?> map) {
    budget.enter();
    out.append('{');
    String separator = "";
    Set<String> names = new HashSet<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      budget.value();
      String name = name(entry.getKey());
      if (!names.add(name)) {
        throw new IllegalArgumentException(
            "two keys of a map are the same text in JSON (as 1 and \"1\" are); keep one");
      }
      out.append(separator);
      separator = ", ";
      quote(name);
      out.append(": ");
      any(entry.getValue());
    }
    out.append('}');
    budget.leave();
  }

  private String name(@Nullable Object key) {
    String name = key instanceof String text ? text : scalar(key);
    if (name == null) {
      throw WriteBudget.cannotCarry(key, "as a key JSON takes text, numbers, booleans and null");
    }
    return name;
  }

  private void quote(String text) {
    budget.bytes((long) out.length() + text.length());
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\f' -> out.append("\\f");
        case '\b' -> out.append("\\b");
        default -> {
          if (c >= ' ' && c <= '~') {
            out.append(c);
          } else {
            escape(c);
          }
        }
      }
    }
    out.append('"');
    budget.bytes(out.length());
  }

  private void escape(char c) {
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      out.append(Character.forDigit(c >> shift & 0xf, 16));
    }
  }
}
