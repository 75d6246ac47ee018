// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * A float as Python prints it: the shortest digits that read back the same, the closest of those,
 * with an exponent below 1e-04 and from 1e+16.
 */
final class PythonFloat {
  private PythonFloat() {}

  /** Text for JSON, where Python also prints what JSON does not have. */
  static String json(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Infinity" : "-Infinity";
    }
    return repr(value);
  }

  static String repr(double value) {
    if (value == 0) {
      return 1 / value > 0 ? "0.0" : "-0.0";
    }
    String sign = value < 0 ? "-" : "";
    BigDecimal shortest = shortest(Math.abs(value));
    String digits = shortest.unscaledValue().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    return sign
        + (exponent < -4 || exponent >= 16 ? far(digits, exponent) : near(digits, exponent));
  }

  private static String far(String digits, int exponent) {
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    String size = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : "" + Math.abs(exponent);
    return digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + size;
  }

  private static String near(String digits, int exponent) {
    if (exponent < 0) {
      return "0." + "0".repeat(-exponent - 1) + digits;
    }
    int whole = exponent + 1;
    if (digits.length() <= whole) {
      return digits + "0".repeat(whole - digits.length()) + ".0";
    }
    return digits.substring(0, whole) + "." + digits.substring(whole);
  }

  private static BigDecimal shortest(double value) {
    BigDecimal printed = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    // Up to 15 digits name one normal double only, so there is nothing shorter or closer. Elsewhere
    // the JDK may print a digit too many, or the farther of two.
    if (printed.precision() <= 15 && value >= Double.MIN_NORMAL) {
      return printed;
    }
    BigDecimal exact = new BigDecimal(value);
    BigDecimal best = printed;
    for (int precision = 17; precision > 0; precision--) {
      BigDecimal candidate = closest(exact, value, precision);
      if (candidate == null) {
        break;
      }
      best = candidate;
    }
    return best.stripTrailingZeros();
  }

  /** The closest number of that many digits that reads back as the value, or null. */
  private static @Nullable BigDecimal closest(BigDecimal exact, double value, int precision) {
    BigDecimal even = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
    if (even.doubleValue() == value) {
      return even;
    }
    // Below a power of two the doubles lie closer, so the farther neighbour may be the right one.
    BigDecimal up = exact.round(new MathContext(precision, RoundingMode.UP));
    return up.doubleValue() == value ? up : null;
  }
}
