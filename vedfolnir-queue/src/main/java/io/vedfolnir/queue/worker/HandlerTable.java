// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.JobContext;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.WorkerSettings.Handling;
import io.vedfolnir.queue.rq.RecordValues;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which handler runs which function: a closed list, so no name from Redis ever becomes code. */
final class HandlerTable {

  /** A job asked for a function that nobody registered. */
  static final class UnknownFunctionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownFunctionException(String message) {
      super(message);
    }
  }

  private final Map<String, Handling> handlers;

  HandlerTable(Map<String, Handling> handlers) {
    this.handlers = handlers;
  }

  /** Runs a call and gives what it returns as a plain value. */
  @Nullable Object run(RemoteCall call, JobContext context) throws Exception {
    Handling handling = handlers.get(call.function());
    if (handling == null) {
      throw new UnknownFunctionException(
          "no handler for "
              + call.function()
              + " on this worker; it has "
              + new TreeSet<>(handlers.keySet()));
    }
    Object value =
        handling instanceof Handling.Typed<?, ?> typed
            ? run(typed, call, context)
            : ((Handling.Raw) handling).handler().handle(call, context);
    return RecordValues.plain(value);
  }

  private static <A extends Record, R> @Nullable Object run(
      Handling.Typed<A, R> typed, RemoteCall call, JobContext context) throws Exception {
    return typed.handler().handle(RecordValues.arguments(call, typed.type().arguments()), context);
  }
}
