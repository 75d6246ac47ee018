// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Pickles in the smallest set of opcodes that Python needs, without memo.
 *
 * <p>Recursive: the depth limit, which is at most 1000, bounds the stack.
 */
final class PickleWriter {
  private final PickleOutput out;
  private final WriteBudget budget;
  private final PickleTimesWriter times;

  PickleWriter(PayloadLimits limits) {
    this.budget = new WriteBudget(limits);
    this.out = new PickleOutput(budget);
    this.times = new PickleTimesWriter(out);
  }

  byte[] write(@Nullable Object value) {
    any(value);
    return out.finish();
  }

  private void any(@Nullable Object value) {
    budget.value();
    if (!plain(value) && !container(value) && !special(value)) {
      times.write(value);
    }
  }

  private boolean plain(@Nullable Object value) {
    if (value == null) {
      out.opcode('N');
    } else if (value instanceof Boolean bool) {
      out.opcode(bool ? 0x88 : 0x89);
    } else if (value instanceof String text) {
      out.text(text);
    } else if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      out.integer(((Number) value).longValue());
    } else if (value instanceof BigInteger big) {
      budget.bits(big.bitLength());
      out.integer(big);
    } else if (value instanceof Double || value instanceof Float) {
      out.floating(((Number) value).doubleValue());
    } else if (value instanceof byte[] bytes) {
      out.bytes(bytes);
    } else if (value instanceof PyBytes bytes) {
      out.bytes(bytes.toByteArray());
    } else {
      return false;
    }
    return true;
  }

  private boolean container(@Nullable Object value) {
    budget.enter();
    if (value instanceof List<?> list) {
      out.opcode(']');
      elements(list, 'e');
    } else if (value instanceof PyTuple tuple) {
      tuple(tuple.items());
    } else if (value instanceof Map<?, ?> map) {
      dict(map);
    } else if (value instanceof Set<?> set) {
      set("set", set);
    } else if (value instanceof PyFrozenSet set) {
      set("frozenset", set.items());
    } else {
      budget.leave();
      return false;
    }
    budget.leave();
    return true;
  }

  private boolean special(@Nullable Object value) {
    if (value instanceof java.util.UUID uuid) {
      out.textCall("uuid", "UUID", uuid.toString());
    } else if (value instanceof java.math.BigDecimal decimal) {
      budget.bits(decimal.unscaledValue().bitLength());
      out.textCall("decimal", "Decimal", decimal.toString());
    } else if (value instanceof PyDecimal decimal) {
      out.textCall("decimal", "Decimal", decimal.text());
    } else if (value instanceof PyComplex complex) {
      out.global("builtins", "complex");
      out.opcode('(');
      out.floating(complex.real());
      out.floating(complex.imaginary());
      out.tupleAndCall();
    } else {
      return false;
    }
    return true;
  }

  private void elements(Iterable<?> elements, char adder) {
    boolean any = false;
    for (Object element : elements) {
      if (!any) {
        out.opcode('(');
        any = true;
      }
      any(element);
    }
    if (any) {
      out.opcode(adder);
    }
  }

  private void tuple(List<@Nullable Object> items) {
    if (items.isEmpty()) {
      out.opcode(')');
    } else {
      elements(items, 't');
    }
  }

  private void dict(Map<?, ?> map) {
    PythonKeys.requireDistinct(map.keySet());
    out.opcode('}');
    if (map.isEmpty()) {
      return;
    }
    out.opcode('(');
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      any(entry.getKey());
      any(entry.getValue());
    }
    out.opcode('u');
  }

  private void set(String type, Set<?> elements) {
    PythonKeys.requireDistinct(elements);
    out.global("builtins", type);
    out.opcode('(');
    out.opcode(']');
    elements(elements, 'e');
    out.tupleAndCall();
  }
}
