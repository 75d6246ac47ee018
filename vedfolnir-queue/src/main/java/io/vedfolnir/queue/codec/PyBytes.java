// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Python bytes that are equal when their content is: the form for dict keys and set elements. */
public final class PyBytes {
  private final byte[] bytes;

  /** Copies the bytes. */
  public PyBytes(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  /** A copy of the bytes. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PyBytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "PyBytes[" + bytes.length + "]";
  }
}
