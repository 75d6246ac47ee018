// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pickle has put aside under a number.
 *
 * <p>Honest picklers count up from zero, and that is an array. A far number goes into a map, so
 * that it costs an entry and not the array up to it.
 */
final class PickleMemo {
  private static final Object ABSENT = new Object();

  private final int maxEntries;
  private final Map<Long, @Nullable Object> sparse = new HashMap<>();
  private @Nullable Object[] dense = new Object[0];
  private int entries;

  PickleMemo(int maxEntries) {
    this.maxEntries = maxEntries;
  }

  void put(long index, @Nullable Object value) {
    if (index < 0) {
      throw PayloadRefusedException.malformed("a memo number is negative");
    }
    if (index < dense.length || index < 2L * entries + 64) {
      ensureDense((int) index);
      int at = (int) index;
      if (dense[at] == ABSENT && !sparse.containsKey(index)) {
        count();
      }
      dense[at] = value;
      sparse.remove(index);
    } else {
      if (!sparse.containsKey(index)) {
        count();
      }
      sparse.put(index, value);
    }
  }

  /** Under the next number, as MEMOIZE counts: the number of entries so far. */
  void append(@Nullable Object value) {
    put(entries, value);
  }

  @Nullable Object get(long index) {
    if (index >= 0 && index < dense.length && dense[(int) index] != ABSENT) {
      return dense[(int) index];
    }
    if (!sparse.containsKey(index)) {
      throw PayloadRefusedException.malformed("it recalls what it never put aside");
    }
    return sparse.get(index);
  }

  private void ensureDense(int index) {
    if (index >= dense.length) {
      int old = dense.length;
      dense = Arrays.copyOf(dense, Math.max(index + 1, old * 2));
      Arrays.fill(dense, old, dense.length, ABSENT);
    }
  }

  private void count() {
    if (++entries > maxEntries) {
      throw PayloadRefusedException.tooManyNodes(maxEntries);
    }
  }
}
