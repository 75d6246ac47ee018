// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call of a function by name: what a job asks for.
 *
 * @param function dotted name, such as {@code captions.tasks.describe_image}; 1 to 512 characters
 * @param args positional arguments; unmodifiable, {@code null} is None
 * @param kwargs keyword arguments by name; unmodifiable, in the given order
 */
public record RemoteCall(
    String function, List<@Nullable Object> args, Map<String, @Nullable Object> kwargs) {

  /** Copies the arguments. */
  public RemoteCall {
    if (!isFunction(function)) {
      throw new IllegalArgumentException(
          "function is the dotted name of a function, 1 to 512 characters");
    }
    args = Collections.unmodifiableList(new ArrayList<>(args));
    kwargs = Collections.unmodifiableMap(new LinkedHashMap<>(kwargs));
  }

  /** Whether this can be the name of a function: 1 to 512 characters, not all blank. */
  public static boolean isFunction(String name) {
    return !name.isBlank() && name.length() <= 512;
  }

  /** A call with positional arguments. */
  public static RemoteCall of(String function, @Nullable Object... args) {
    return new RemoteCall(
        function,
        Collections.unmodifiableList(new ArrayList<>(java.util.Arrays.asList(args))),
        Map.of());
  }

  /** This call with one more keyword argument. */
  public RemoteCall with(String name, @Nullable Object value) {
    Map<String, @Nullable Object> more = new LinkedHashMap<>(kwargs);
    more.put(name, value);
    return new RemoteCall(function, args, more);
  }

  /** Names the function only: arguments belong to the application. */
  @Override
  public String toString() {
    return "RemoteCall[" + function + "]";
  }
}
