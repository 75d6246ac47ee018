// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import io.vedfolnir.queue.codec.PayloadRefusedException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * RQ's default serializer, as data only.
 *
 * <p>Writes protocol 2, or 3 if the value holds bytes or dates, which every Python 3 reads. Reads
 * protocols 0 to 5. Nothing that a pickle names is ever loaded or called; see the package's table
 * for what there is. Thread-safe.
 */
public final class PickleSerializer implements Serializer {
  private final PayloadLimits limits;

  /** A serializer that reads and writes within these limits. */
  public PickleSerializer(PayloadLimits limits) {
    this.limits = limits;
  }

  @Override
  public String name() {
    return "pickle";
  }

  @Override
  public byte[] dumps(@Nullable Object value) {
    return new PickleWriter(limits).write(value);
  }

  @Override
  public @Nullable Object loads(byte[] payload, Trust trust) {
    requireSize(payload.length, limits);
    return new PickleReader(payload, limits, trust).read();
  }

  static void requireSize(int length, PayloadLimits limits) {
    if (length > limits.maxInflated()) {
      throw PayloadRefusedException.inflatedTooLarge(limits.maxInflated());
    }
    if (length == 0) {
      throw new PayloadRefusedException(
          Reason.MALFORMED, "the payload is empty; enqueue the job again");
    }
  }
}
