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
    if (execution.timeout().isEmpty()) {
      return new FutureTask<>(() -> null);
    }
    return timer.schedule(
        () -> {
          execution.interrupt(Execution.Interruption.TIMEOUT);
          timer.schedule(
              () -> deaf.accept(execution), interruptGrace.toMillis(), TimeUnit.MILLISECONDS);
        },
        execution.timeout().get().toMillis(),
        TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
