// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Python tuple.
 *
 * @param items its elements; unmodifiable, {@code null} is None
 */
public record PyTuple(List<@Nullable Object> items) {

  /** Copies the elements. */
  public PyTuple {
    items = Collections.unmodifiableList(new ArrayList<>(items));
  }

  /** A tuple of these elements. */
  public static PyTuple of(@Nullable Object... items) {
    return new PyTuple(Arrays.asList(items));
  }

  // A list's own hash collides for small numbers (31 a + b), and tuples of those are usual keys.
  @Override
  public int hashCode() {
    long hash = items.size();
    for (Object item : items) {
      hash = (hash ^ Objects.hashCode(item)) * 0x9E37_79B9_7F4A_7C15L;
      hash ^= hash >>> 32;
    }
    return (int) hash;
  }
}
