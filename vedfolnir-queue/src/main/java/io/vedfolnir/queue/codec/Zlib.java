// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import io.vedfolnir.queue.codec.PayloadRefusedException.Reason;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** RFC 1950 streams, inflated no further than the limits allow. */
final class Zlib {
  private static final int CHUNK = 8192;

  private final PayloadLimits limits;

  Zlib(PayloadLimits limits) {
    this.limits = limits;
  }

  byte[] deflate(byte[] bytes) {
    byte[] small = deflate(bytes, Deflater.DEFAULT_COMPRESSION);
    // Very regular data shrinks like a bomb does, and readers with our limits would refuse it.
    byte[] stored =
        exceedsRatio(bytes.length, small.length) ? deflate(bytes, Deflater.NO_COMPRESSION) : small;
    if (stored.length > limits.maxInput()) {
      throw new IllegalArgumentException(
          "more than "
              + limits.maxInput()
              + " bytes to store; store the data elsewhere and pass a reference, or raise maxInput");
    }
    return stored;
  }

  /** Empty if the bytes are no complete stream. */
  Optional<byte[]> inflate(byte[] stored) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(stored);
      ByteArrayOutputStream out =
          new ByteArrayOutputStream((int) Math.min(4L * stored.length + 64, CHUNK * 8L));
      byte[] chunk = new byte[CHUNK];
      while (!inflater.finished()) {
        int count = inflater.inflate(chunk);
        if (count == 0 && !inflater.finished()) {
          return Optional.empty();
        }
        out.write(chunk, 0, count);
        requireBudget(out.size(), stored.length);
      }
      return Optional.of(out.toByteArray());
    } catch (DataFormatException e) {
      return Optional.empty();
    } finally {
      inflater.end();
    }
  }

  private void requireBudget(int inflated, int stored) {
    if (inflated > limits.maxInflated()) {
      throw PayloadRefusedException.inflatedTooLarge(limits.maxInflated());
    }
    if (exceedsRatio(inflated, stored)) {
      throw new PayloadRefusedException(
          Reason.RATIO,
          "the payload inflates more than "
              + limits.maxRatio()
              + " times; store it with less compression or raise maxRatio");
    }
  }

  private boolean exceedsRatio(int inflated, int stored) {
    return inflated > PayloadLimits.RATIO_FLOOR && inflated > (long) limits.maxRatio() * stored;
  }

  private static byte[] deflate(byte[] bytes, int level) {
    Deflater deflater = new Deflater(level);
    try {
      deflater.setInput(bytes);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2 + 64);
      byte[] chunk = new byte[CHUNK];
      while (!deflater.finished()) {
        out.write(chunk, 0, deflater.deflate(chunk));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }
}
