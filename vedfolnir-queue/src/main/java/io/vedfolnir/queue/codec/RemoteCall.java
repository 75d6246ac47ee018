// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job does: a function by name, with its arguments.
 *
 * @param function dotted name, for example {@code captions.tasks.describe_image}; not empty
 * @param args positional arguments; unmodifiable, {@code null} is None
 * @param kwargs keyword arguments in order; unmodifiable
 */
public record RemoteCall(
    String function, List<@Nullable Object> args, Map<String, @Nullable Object> kwargs) {

  /** Copies both collections. */
  public RemoteCall {
    if (function.isBlank()) {
      throw new IllegalArgumentException("the function has no name; pass module.function");
    }
    args = Collections.unmodifiableList(new ArrayList<>(args));
    kwargs = Collections.unmodifiableMap(new LinkedHashMap<>(kwargs));
  }

  /** Names the function only: arguments belong to the application. */
  @Override
  public String toString() {
    return "RemoteCall[" + function + "]";
  }
}
