// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import org.jspecify.annotations.Nullable;

/** Keeps what is written inside the limits under which it will be read again. */
final class WriteBudget {
  private final PayloadLimits limits;
  private int nodes;
  private int depth;

  WriteBudget(PayloadLimits limits) {
    this.limits = limits;
  }

  void value() {
    if (++nodes > limits.maxNodes()) {
      throw new IllegalArgumentException(
          "more than "
              + limits.maxNodes()
              + " values; store the data elsewhere and pass a reference, or raise maxNodes");
    }
  }

  void enter() {
    if (++depth > limits.maxDepth()) {
      throw new IllegalArgumentException(
          "nested deeper than "
              + limits.maxDepth()
              + ", or a value contains itself; flatten the data or raise maxDepth");
    }
  }

  void leave() {
    depth--;
  }

  void bytes(long written) {
    if (written > limits.maxInflated()) {
      throw new IllegalArgumentException(
          "more than "
              + limits.maxInflated()
              + " bytes; store the data elsewhere and pass a reference, or raise maxInflated");
    }
  }

  void bits(int bitLength) {
    if (bitLength > limits.maxBits()) {
      throw new IllegalArgumentException(
          "an integer has more than " + limits.maxDigits() + " digits; pass it as text");
    }
  }

  static IllegalArgumentException cannotCarry(@Nullable Object value, String advice) {
    String type = value == null ? "null" : value.getClass().getName();
    return new IllegalArgumentException("a job cannot carry a " + type + "; " + advice);
  }
}
