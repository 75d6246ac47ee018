// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the threads of one worker: named after it, and none of them keeps the JVM alive. */
record Threads(String worker) {

  ThreadFactory factory(String role) {
    AtomicInteger number = new AtomicInteger();
    return task -> named(role + "-" + number.incrementAndGet(), task);
  }

  Thread named(String role, Runnable task) {
    Thread thread = new Thread(task, "vedfolnir-worker-" + worker + "-" + role);
    thread.setDaemon(true);
    return thread;
  }

  /** A virtual thread for each task, if this JVM has them (21 and newer; this code is for 17). */
  static Optional<ExecutorService> virtual() {
    try {
      return Optional.of(
          (ExecutorService)
              MethodHandles.publicLookup()
                  .findStatic(
                      Executors.class,
                      "newVirtualThreadPerTaskExecutor",
                      MethodType.methodType(ExecutorService.class))
                  .invoke());
    } catch (NoSuchMethodException e) {
      return Optional.empty();
    } catch (Throwable e) {
      throw new IllegalStateException("virtual threads cannot be started", e);
    }
  }
}
