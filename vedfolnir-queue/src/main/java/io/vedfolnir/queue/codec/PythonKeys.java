// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Python's equality of dict keys and set elements.
 *
 * <p>There {@code 1}, {@code 1.0} and {@code True} are one key. Java keeps them apart, so a map
 * with two of them would lose an entry on the way.
 */
final class PythonKeys {
  private PythonKeys() {}

  static void requireDistinct(Collection<?> keys) {
    boolean allText = true;
    for (Object key : keys) {
      allText &= key instanceof String;
    }
    if (allText) {
      return;
    }
    Set<@Nullable Object> seen = new HashSet<>();
    for (Object key : keys) {
      if (!seen.add(canonical(key))) {
        throw new IllegalArgumentException(
            "two keys or set elements are equal in Python (as 1, 1.0 and True are); keep one");
      }
    }
  }

  private static @Nullable Object canonical(@Nullable Object key) {
    if (key instanceof PyTuple tuple) {
      return tuple.items().stream().<@Nullable Object>map(PythonKeys::canonical).toList();
    }
    if (key instanceof PyFrozenSet set) {
      return set.items().stream().map(PythonKeys::canonical).collect(Collectors.toSet());
    }
    if (key instanceof List || key instanceof Map || key instanceof Set) {
      throw WriteBudget.cannotCarry(
          key, "Python cannot hash it as dict key or set element; use PyTuple or PyFrozenSet");
    }
    if (key instanceof byte[] bytes) {
      return new PyBytes(bytes);
    }
    if (key instanceof OffsetDateTime time) {
      return time.toInstant();
    }
    if (key instanceof PyComplex complex && complex.imaginary() == 0) {
      return number(complex.real());
    }
    if (key instanceof PyDecimal decimal) {
      return special(decimal.text());
    }
    return key instanceof Number || key instanceof Boolean ? number(key) : key;
  }

  private static Object special(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("inf")) {
      return lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    boolean zero = lower.chars().takeWhile(c -> c != 'e').noneMatch(c -> c >= '1' && c <= '9');
    return zero && !lower.contains("nan") ? BigDecimal.ZERO : text;
  }

  private static Object number(Object key) {
    if (key instanceof Boolean bool) {
      return bool ? BigDecimal.ONE : BigDecimal.ZERO;
    }
    if (key instanceof BigInteger big) {
      return new BigDecimal(big).stripTrailingZeros();
    }
    if (key instanceof BigDecimal decimal) {
      return decimal.stripTrailingZeros();
    }
    if (key instanceof Double || key instanceof Float) {
      double value = ((Number) key).doubleValue();
      return Double.isFinite(value) ? new BigDecimal(value).stripTrailingZeros() : (Object) value;
    }
    return BigDecimal.valueOf(((Number) key).longValue()).stripTrailingZeros();
  }
}
