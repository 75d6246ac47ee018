// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A Python frozenset. Immutable. */
public final class PyFrozenSet {
  private final Set<@Nullable Object> items;
  private final int hash;

  /** A frozenset of these elements. */
  public PyFrozenSet(Collection<? extends @Nullable Object> items) {
    this.items = Collections.unmodifiableSet(new LinkedHashSet<>(items));
    // Once: sets of sets would otherwise hash their leaves again at each level.
    this.hash = this.items.hashCode();
  }

  /** Its elements; unmodifiable, {@code null} is None. */
  public Set<@Nullable Object> items() {
    return items;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PyFrozenSet that && hash == that.hash && items.equals(that.items);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return "PyFrozenSet" + items;
  }
}
