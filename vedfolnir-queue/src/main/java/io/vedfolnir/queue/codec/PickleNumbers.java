// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.math.BigInteger;

/** Numbers as lines of text, the way of protocol 0. */
final class PickleNumbers {
  private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private PickleNumbers() {}

  /** A Long if it fits. */
  static Object narrowed(BigInteger value) {
    boolean fits = value.compareTo(LONG_MIN) >= 0 && value.compareTo(LONG_MAX) <= 0;
    return fits ? (Object) value.longValue() : value;
  }

  /** An int, or a bool, which protocols 0 and 1 write as an int with two digits. */
  static Object intLine(String line, PayloadLimits limits) {
    return switch (line) {
      case "00" -> false;
      case "01" -> true;
      default -> narrowed(integer(line, limits));
    };
  }

  static Object longLine(String line, PayloadLimits limits) {
    String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
    return narrowed(integer(digits, limits));
  }

  static Double floatLine(String line, PayloadLimits limits) {
    if (line.length() > limits.maxDigits() + 32L) {
      throw PayloadRefusedException.tooManyDigits(limits.maxDigits());
    }
    return switch (line) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      case "nan", "-nan" -> Double.NaN;
      default -> decimal(line);
    };
  }

  private static Double decimal(String line) {
    // Double.valueOf also takes "1d", " 1" and hexadecimal.
    if (!line.chars().allMatch(c -> "0123456789+-.eE".indexOf(c) >= 0)) {
      throw PayloadRefusedException.malformed("a float is not a number");
    }
    try {
      return Double.valueOf(line);
    } catch (NumberFormatException e) {
      throw PayloadRefusedException.malformed("a float is not a number");
    }
  }

  static long memoLine(String line) {
    if (line.isEmpty() || line.length() > 18 || !line.chars().allMatch(PickleNumbers::isDigit)) {
      throw PayloadRefusedException.malformed("a memo number is no number");
    }
    return Long.parseLong(line);
  }

  private static BigInteger integer(String text, PayloadLimits limits) {
    int start = !text.isEmpty() && "+-".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
    if (text.length() - start > limits.maxDigits()) {
      throw PayloadRefusedException.tooManyDigits(limits.maxDigits());
    }
    boolean leadingZero = text.length() - start > 1 && text.charAt(start) == '0';
    if (text.length() == start
        || leadingZero
        || !text.chars().skip(start).allMatch(PickleNumbers::isDigit)) {
      throw PayloadRefusedException.malformed("an int has other characters than digits");
    }
    return new BigInteger(text);
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
