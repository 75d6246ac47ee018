// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.redis.Pipeline;
import java.util.function.Consumer;

/** Whether somebody has paused all workers ({@code rq suspend}). Main thread only. */
final class Suspension {

  private static final long PAUSE_NANOS = 1_000_000_000;
  private static final long FRESH_NANOS = 50_000_000;

  private final Workshop workshop;
  private boolean suspended;
  private long asked = System.nanoTime() - PAUSE_NANOS;

  Suspension(Workshop workshop) {
    this.workshop = workshop;
  }

  /** True for a while after the answer was yes; then it is time to ask again. */
  boolean holds() {
    return suspended && pause() > 0;
  }

  /** How long until it is time to ask again. */
  long pause() {
    return Math.max(0, asked + PAUSE_NANOS - System.nanoTime());
  }

  /** Under load the last answer is good enough for a moment. */
  boolean isDue() {
    return System.nanoTime() - asked > FRESH_NANOS;
  }

  /** Asks in the same round in which jobs are taken: they go back if the answer is yes. */
  Runnable ask(Pipeline round, Consumer<RuntimeException> trouble) {
    Reply<Long> reply =
        new Reply<>(round.read(commands -> commands.exists(workshop.keys().suspended())));
    return () -> {
      if (reply.failure().isPresent()) {
        trouble.accept(reply.failure().get());
        return;
      }
      Long found = reply.value();
      suspended = found != null && found > 0;
      asked = System.nanoTime();
    };
  }
}
