// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that run handlers: as many as jobs may run at once, and one more for each handler
 * that was left behind because it does not react.
 */
final class Slots {

  private final int size;
  private final Semaphore free;
  private final AtomicInteger leftBehind = new AtomicInteger();
  private final ThreadPoolExecutor threads;

  Slots(int size, Threads named) {
    this.size = size;
    this.free = new Semaphore(size);
    this.threads =
        new ThreadPoolExecutor(
            size, size, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named.factory("handler"));
  }

  /** Waits for a free slot and takes all that are free. */
  int acquire() throws InterruptedException {
    free.acquire();
    return 1 + free.drainPermits();
  }

  void release(int count) {
    free.release(count);
  }

  /** Ends a wait for a free slot at the shutdown; the slots are not counted any more. */
  void wake() {
    free.release(1);
  }

  /** Runs a task in a slot that was acquired for it; the task releases it. */
  void run(Runnable task) {
    threads.execute(task);
  }

  /** How many there are. */
  int size() {
    return size;
  }

  /** Waits until one more is free than now. */
  void awaitRelease() throws InterruptedException {
    int taken = free.drainPermits();
    if (taken < size) {
      free.acquire();
      taken++;
    }
    free.release(taken);
  }

  /** The thread of a slot is given up, another takes its place. */
  synchronized void leaveBehind() {
    int more = size + leftBehind.incrementAndGet();
    threads.setMaximumPoolSize(more);
    threads.setCorePoolSize(more);
  }

  /** A thread that was given up has come back after all, and is one too many. */
  synchronized void cameBack() {
    int more = size + leftBehind.decrementAndGet();
    threads.setCorePoolSize(more);
    threads.setMaximumPoolSize(more);
  }

  /** Takes no more tasks. */
  void shutdown() {
    threads.shutdown();
  }

  /** Waits for the tasks to end. */
  boolean awaitEnd(Duration atMost) throws InterruptedException {
    return threads.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Interrupts what still runs. */
  void interruptAll() {
    threads.shutdownNow();
  }
}
