// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A few threads that open and close connections for waits, which blocks: neither a network thread
 * nor the JVM's common pool is for that. They end when they are idle.
 */
final class WaitingThreads implements Executor, AutoCloseable {

  private static final int MOST = 4;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          MOST,
          MOST,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          WaitingThreads::named,
          // Closing a queue ends its waits; their connection is still to be closed then.
          (task, closed) -> named(task).start());

  WaitingThreads() {
    threads.allowCoreThreadTimeOut(true);
  }

  private static Thread named(Runnable task) {
    Thread thread = new Thread(task, "vedfolnir-queue-wait");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void execute(Runnable task) {
    threads.execute(task);
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
