// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The executions of one worker that are not over. Thread-safe. */
final class Running {

  private final Set<Execution> executions = ConcurrentHashMap.newKeySet();

  void add(Execution execution) {
    executions.add(execution);
  }

  synchronized void remove(Execution execution) {
    executions.remove(execution);
    notifyAll();
  }

  /** Waits until nothing runs, or for so long. */
  synchronized boolean awaitEmpty(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!executions.isEmpty()) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  boolean isEmpty() {
    return executions.isEmpty();
  }

  List<Execution> all() {
    return List.copyOf(executions);
  }

  /** One of them: RQ 2.x has room for one in the worker's hash. */
  Optional<Execution> any() {
    return executions.stream().findAny();
  }
}
