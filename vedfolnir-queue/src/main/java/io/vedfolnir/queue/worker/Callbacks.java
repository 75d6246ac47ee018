// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.JobCallback;
import io.vedfolnir.queue.JobEnd;
import io.vedfolnir.queue.rq.JobHash;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** The Java callbacks of a worker, by the names of the Python functions that jobs ask for. */
final class Callbacks {

  private final Map<String, JobCallback> callbacks;
  private final Deadlines deadlines;

  Callbacks(Map<String, JobCallback> callbacks, Deadlines deadlines) {
    this.callbacks = callbacks;
    this.deadlines = deadlines;
  }

  /** Why a job cannot run here: it names a callback that this worker does not have. */
  Optional<String> missing(JobHash hash) {
    return Stream.of(hash.successCallback(), hash.failureCallback(), hash.stoppedCallback())
        .flatMap(Optional::stream)
        .map(JobHash.Callback::name)
        .filter(name -> !callbacks.containsKey(name))
        .findFirst()
        .map(
            name ->
                "no callback for "
                    + name
                    + " on this worker; it has "
                    + new TreeSet<>(callbacks.keySet())
                    + ". Register it with callingBack(…), or enqueue the job where Python works");
  }

  /** Calls one, if the job names it. */
  void call(Optional<JobHash.Callback> wanted, Execution execution, JobEnd end) throws Exception {
    if (wanted.isEmpty()) {
      return;
    }
    JobCallback callback = callbacks.get(wanted.get().name());
    if (callback == null) {
      return; // told up front, and the job did not run
    }
    Future<?> deadline = deadlines.interruptAfter(Thread.currentThread(), wanted.get().timeout());
    try {
      callback.ended(execution, end);
    } finally {
      deadline.cancel(false);
      execution.forgetInterrupt();
    }
  }
}
