// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

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
}
