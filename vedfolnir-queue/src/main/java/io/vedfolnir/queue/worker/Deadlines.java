// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Interrupts handlers whose time is over, and tells when one does not react. */
final class Deadlines implements AutoCloseable {

  private final ScheduledThreadPoolExecutor timer;
  private final Duration interruptGrace;

  Deadlines(Threads threads, Duration interruptGrace) {
    this.timer = new ScheduledThreadPoolExecutor(1, threads.factory("deadlines"));
    this.timer.setRemoveOnCancelPolicy(true);
    this.interruptGrace = interruptGrace;
  }

  /**
   * Watches a run from its beginning; cancel what is returned when it has ended.
   *
   * @param deaf gets a run that has not ended within the grace after its interrupt
   */
  Future<?> watch(Execution execution, Consumer<Execution> deaf) {
    return execution
        .timeout()
        .<Future<?>>map(
            timeout ->
                timer.schedule(
                    () -> interrupt(execution, Execution.Interruption.TIMEOUT, deaf),
                    timeout.toMillis(),
                    TimeUnit.MILLISECONDS))
        .orElseGet(() -> new FutureTask<>(() -> null));
  }

  /** Interrupts a run now. */
  void interrupt(Execution execution, Execution.Interruption reason, Consumer<Execution> deaf) {
    execution.interrupt(reason);
    timer.schedule(() -> deaf.accept(execution), interruptGrace.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Interrupts this thread after a time; cancel what is returned when its work has ended. */
  Future<?> interruptAfter(Thread thread, Duration time) {
    return timer.schedule(thread::interrupt, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
