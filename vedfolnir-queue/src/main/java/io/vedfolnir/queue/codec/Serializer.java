// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import org.jspecify.annotations.Nullable;

/**
 * Turns values into the bytes of one of RQ's serializers and back. Thread-safe.
 *
 * <p>The values are those of the package's table; {@code null} is Python's None.
 */
public sealed interface Serializer permits PickleSerializer, JsonSerializer {

  /** RQ's short name: {@code pickle} or {@code json}. */
  String name();

  /**
   * The bytes of a value, as Python reads them.
   *
   * @throws IllegalArgumentException if the value, or one inside it, cannot be carried
   */
  byte[] dumps(@Nullable Object value);

  /**
   * The value of the bytes.
   *
   * @throws PayloadRefusedException if they are damaged, too much, or reach outside of the data
   */
  @Nullable Object loads(byte[] payload, Trust trust);
}
