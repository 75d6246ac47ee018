// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.util.regex.Pattern;

/**
 * A Python Decimal that {@link java.math.BigDecimal} does not have: NaN, sNaN, an infinity, a
 * negative zero, an exponent beyond 32 bits.
 *
 * @param text as Python prints it, for example {@code -Infinity}; at most 10,000 characters
 */
public record PyDecimal(String text) {
  private static final Pattern DECIMAL =
      Pattern.compile(
          "[+-]?(?:(?:[0-9]++(?:\\.[0-9]*+)?|\\.[0-9]++)(?:[eE][+-]?[0-9]{1,18})?"
              + "|[iI]nf(?:inity)?|s?NaN[0-9]*+)");

  /** Checks the text. */
  public PyDecimal {
    if (!isDecimal(text)) {
      throw new IllegalArgumentException(
          "not the text of a Python Decimal; write digits, Infinity or NaN");
    }
  }

  static boolean isDecimal(String text) {
    return text.length() <= 10_000 && DECIMAL.matcher(text).matches();
  }
}
