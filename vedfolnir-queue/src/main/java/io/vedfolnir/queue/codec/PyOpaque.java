// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Python object of a class that we do not know, as inert data, or a bare class or function.
 *
 * <p>Only results and meta hold such. It can be looked at, not written.
 *
 * @param module where the class lives, for example {@code rq.job}
 * @param name its name there, for example {@code Retry}
 * @param arguments what Python would call it with; keyword arguments come last, as a map
 * @param state what Python would set on it, usually a map of its attributes; {@code null} if none
 * @param items what Python would append to it
 * @param entries what Python would put into it by key
 */
public record PyOpaque(
    String module,
    String name,
    List<@Nullable Object> arguments,
    @Nullable Object state,
    List<@Nullable Object> items,
    Map<@Nullable Object, @Nullable Object> entries) {

  static PyOpaque reference(PickleGlobal global) {
    return new PyOpaque(global.module(), global.name(), List.of(), null, List.of(), Map.of());
  }

  /** Names the class only: its data belongs to the application. */
  @Override
  public String toString() {
    return "PyOpaque[" + module + "." + name + "]";
  }
}
