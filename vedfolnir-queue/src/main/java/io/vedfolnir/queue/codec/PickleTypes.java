// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** UUID and Decimal from what Python's pickler writes for them; null where it is something else. */
final class PickleTypes {
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private PickleTypes() {}

  static @Nullable Object uuid(
      PickleGlobal callee, List<@Nullable Object> arguments, @Nullable Object state) {
    if (callee.equals(PickleGlobals.UUID)
        && arguments.size() == 1
        && state == null
        && arguments.get(0) instanceof String text) {
      return UUID_TEXT.matcher(text).matches() ? UUID.fromString(text) : null;
    }
    boolean blank =
        callee.equals(PickleGlobals.UUID) ? arguments.isEmpty() : isBlankUuid(arguments);
    if (!blank || !(state instanceof Map<?, ?> fields)) {
      return null;
    }
    Object number = fields.get("int");
    if (number instanceof Long small) {
      number = BigInteger.valueOf(small);
    }
    if (number instanceof BigInteger value && value.signum() >= 0 && value.bitLength() <= 128) {
      return new UUID(value.shiftRight(64).longValue(), value.longValue());
    }
    return null;
  }

  /** Protocols 0 and 1: an object of class UUID, based on object, from None. */
  private static boolean isBlankUuid(List<@Nullable Object> arguments) {
    return arguments.size() == 3
        && PickleGlobals.UUID.equals(arguments.get(0))
        && PickleGlobals.OBJECT.equals(arguments.get(1))
        && arguments.get(2) == null;
  }

  static @Nullable Object decimal(String text, PayloadLimits limits) {
    if (text.length() > limits.maxDigits() + 32L) {
      throw PayloadRefusedException.tooManyDigits(limits.maxDigits());
    }
    if (!PyDecimal.isDecimal(text)) {
      return null;
    }
    if (Character.isLetter(text.charAt(text.length() - 1)) || text.contains("N")) {
      return new PyDecimal(text);
    }
    try {
      BigDecimal value = new BigDecimal(text);
      return value.signum() == 0 && text.charAt(0) == '-' ? new PyDecimal(text) : value;
    } catch (ArithmeticException | NumberFormatException e) {
      return new PyDecimal(text);
    }
  }
}
