// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

/**
 * A payload that we do not take in.
 *
 * <p>The outcome for that one job or result, never for the worker. The message says what to do and
 * holds no bytes and no values of the payload; a forbidden global is named, because it is code.
 */
public final class PayloadRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why a payload was refused. */
  public enum Reason {
    /** More stored bytes than {@link PayloadLimits#maxInput}. */
    TOO_LARGE,
    /** More decoded bytes than {@link PayloadLimits#maxInflated}. */
    INFLATED_TOO_LARGE,
    /** Inflates more than {@link PayloadLimits#maxRatio} times. */
    RATIO,
    /** Nested deeper than {@link PayloadLimits#maxDepth}. */
    TOO_DEEP,
    /** More values than {@link PayloadLimits#maxNodes}, shared ones counted each time. */
    TOO_MANY_NODES,
    /** A number of more digits than {@link PayloadLimits#maxDigits}. */
    TOO_MANY_DIGITS,
    /** Dict keys or set elements made to collide in a hash table. */
    COLLIDING_KEYS,
    /** Contains itself; a Java tree is finite. */
    CYCLIC,
    /** Names a Python class or function that is not on the allow-list. */
    FORBIDDEN_GLOBAL,
    /** A pickle opcode that reaches outside of the payload, or no opcode at all. */
    FORBIDDEN_OPCODE,
    /** A value of an allowed type that Java cannot hold, as a timezone beyond 18 hours. */
    UNSUPPORTED_VALUE,
    /** Not what its serializer, zlib or base64 writes. */
    MALFORMED,
    /** Neither pickle nor JSON. */
    WRONG_SERIALIZER,
    /** A job that calls a method of a pickled instance. */
    INSTANCE_METHOD
  }

  private final Reason reason;

  PayloadRefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why; stable, fit for metrics. */
  public Reason reason() {
    return reason;
  }

  static PayloadRefusedException malformed(String what) {
    return new PayloadRefusedException(
        Reason.MALFORMED, "the payload is damaged: " + what + "; enqueue the job again");
  }

  static PayloadRefusedException tooDeep(int maxDepth) {
    return new PayloadRefusedException(
        Reason.TOO_DEEP,
        "the payload nests deeper than " + maxDepth + "; send flatter data or raise maxDepth");
  }

  static PayloadRefusedException tooManyNodes(int maxNodes) {
    return new PayloadRefusedException(
        Reason.TOO_MANY_NODES,
        "the payload holds more than "
            + maxNodes
            + " values, shared ones counted each time; send a reference to the data instead, or"
            + " raise maxNodes");
  }

  static PayloadRefusedException tooManyDigits(int maxDigits) {
    return new PayloadRefusedException(
        Reason.TOO_MANY_DIGITS,
        "the payload holds a number of more than "
            + maxDigits
            + " digits; send it as text or raise maxDigits");
  }

  static PayloadRefusedException inflatedTooLarge(int maxInflated) {
    return new PayloadRefusedException(
        Reason.INFLATED_TOO_LARGE,
        "the payload decodes to more than "
            + maxInflated
            + " bytes; send a reference to the data instead, or raise maxInflated");
  }
}
