// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import io.vedfolnir.queue.codec.PayloadRefusedException.Reason;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Dicts and sets built from untrusted keys. */
final class PyKeys {
  /** Keys of one hash that honest data stays far below; a table of more is slow on purpose. */
  private static final int MAX_SAME_HASH = 256;

  private PyKeys() {}

  /** A dict of key, value, key, value. The last of equal keys wins, in the place of the first. */
  static Map<@Nullable Object, @Nullable Object> map(List<@Nullable Object> pairs) {
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    PyKeys.Guard guard = new Guard(pairs.size() / 2);
    for (int i = 0; i < pairs.size(); i += 2) {
      map.put(guard.key(pairs.get(i)), pairs.get(i + 1));
    }
    return map;
  }

  static Set<@Nullable Object> set(List<@Nullable Object> elements) {
    Set<@Nullable Object> set = new LinkedHashSet<>();
    PyKeys.Guard guard = new Guard(elements.size());
    for (Object element : elements) {
      set.add(guard.key(element));
    }
    return set;
  }

  /** Watches the keys of one table. */
  static final class Guard {
    private final @Nullable Map<Integer, int[]> sameHash;

    Guard(int expectedKeys) {
      sameHash = expectedKeys > MAX_SAME_HASH ? new HashMap<>() : null;
    }

    /** The key in the form that has content equality. */
    @Nullable Object key(@Nullable Object key) {
      Object frozen = frozen(key);
      if (sameHash != null) {
        int[] seen = sameHash.computeIfAbsent(Objects.hashCode(frozen), hash -> new int[1]);
        if (++seen[0] > MAX_SAME_HASH) {
          throw new PayloadRefusedException(
              Reason.COLLIDING_KEYS,
              "more than " + MAX_SAME_HASH + " keys share one hash; send a list of pairs instead");
        }
      }
      return frozen;
    }
  }

  private static @Nullable Object frozen(@Nullable Object key) {
    if (key instanceof byte[] bytes) {
      return new PyBytes(bytes);
    }
    if (key instanceof PyTuple tuple) {
      return new PyTuple(tuple.items().stream().<@Nullable Object>map(PyKeys::frozen).toList());
    }
    if (key instanceof List || key instanceof Map || key instanceof Set) {
      throw PayloadRefusedException.malformed("a dict key or set element cannot be hashed");
    }
    return key;
  }
}
