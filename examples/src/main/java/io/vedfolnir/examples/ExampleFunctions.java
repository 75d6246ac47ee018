// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples;

import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.WorkerSettings;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the examples as handlers: {@code examples.add(a, b)}, {@code examples.echo(x)},
 * {@code examples.fail(message)}, {@code examples.sleep(seconds)}.
 */
public final class ExampleFunctions {

  private ExampleFunctions() {}

  /** These settings with a handler for each function. */
  public static WorkerSettings served(WorkerSettings settings) {
    return settings
        .handling("examples.add", (call, context) -> add(take(call, "a", "b")))
        .handling("examples.echo", (call, context) -> take(call, "x").get(0))
        .handling(
            "examples.fail",
            (call, context) -> {
              throw new IllegalStateException(String.valueOf(take(call, "message").get(0)));
            })
        .handling(
            "examples.sleep",
            (call, context) -> {
              sleep(take(call, "seconds").get(0));
              return null;
            });
  }

  /** The arguments by these names, given by position or by name, as Python would take them. */
  static List<@Nullable Object> take(RemoteCall call, String... names) {
    List<@Nullable Object> taken = new java.util.ArrayList<>(call.args());
    if (taken.size() > names.length || !List.of(names).containsAll(call.kwargs().keySet())) {
      throw wrongArguments(call, names);
    }
    for (int i = 0; i < names.length; i++) {
      boolean byName = call.kwargs().containsKey(names[i]);
      if (byName == (i < call.args().size())) {
        throw wrongArguments(call, names); // missing, or given twice
      }
      if (byName) {
        taken.add(call.kwargs().get(names[i]));
      }
    }
    return taken;
  }

  private static IllegalArgumentException wrongArguments(RemoteCall call, String... names) {
    return new IllegalArgumentException(
        call.function() + " takes the arguments " + String.join(", ", names) + ", each once");
  }

  private static Object add(List<@Nullable Object> terms) {
    Object a = terms.get(0);
    Object b = terms.get(1);
    if (isInteger(a) && isInteger(b)) {
      BigInteger sum = integer(a).add(integer(b));
      return sum.bitLength() < Long.SIZE ? (Object) sum.longValue() : sum;
    }
    if (a instanceof Number first && b instanceof Number second) {
      return first.doubleValue() + second.doubleValue();
    }
    throw new IllegalArgumentException("examples.add adds two numbers");
  }

  private static boolean isInteger(@Nullable Object value) {
    return value instanceof Long || value instanceof BigInteger;
  }

  private static BigInteger integer(@Nullable Object value) {
    return new BigInteger(String.valueOf(value));
  }

  private static void sleep(@Nullable Object seconds) throws InterruptedException {
    if (!(seconds instanceof Number number) || number.doubleValue() < 0) {
      throw new IllegalArgumentException("examples.sleep takes a number of seconds, 0 or more");
    }
    Thread.sleep(Duration.ofNanos((long) (number.doubleValue() * 1e9)).toMillis());
  }
}
