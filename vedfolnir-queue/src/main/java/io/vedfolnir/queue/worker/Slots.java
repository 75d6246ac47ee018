// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.WorkerSettings.Threading;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many handlers may run, and what runs them: threads of our own, one more for each handler that
 * was left behind because it does not react; virtual threads; or what the application gave.
 */
final class Slots {

  private final int size;
  private final Bell bell;
  private final AtomicInteger free;
  private final AtomicInteger leftBehind = new AtomicInteger();
  private final Executor executor;
  private final @Nullable ThreadPoolExecutor own;
  private final Optional<ExecutorService> virtual;
  private volatile long released = System.nanoTime();

  Slots(int size, Threading threading, Threads named, Bell bell) {
    this.size = size;
    this.bell = bell;
    this.free = new AtomicInteger(size);
    this.virtual = threading instanceof Threading.Virtual ? Threads.virtual() : Optional.empty();
    if (threading instanceof Threading.Given given) {
      this.own = null;
      this.executor = given.executor();
    } else if (virtual.isPresent()) {
      this.own = null;
      this.executor = virtual.get();
    } else {
      this.own =
          new ThreadPoolExecutor(
              size,
              size,
              0,
              TimeUnit.SECONDS,
              new LinkedBlockingQueue<>(),
              named.factory("handler"));
      this.executor = own;
    }
  }

  /** How many there are. */
  int size() {
    return size;
  }

  int free() {
    return free.get();
  }

  /** When the last one became free, by {@link System#nanoTime()}. */
  long released() {
    return released;
  }

  /** Runs a task in a slot; the task {@linkplain #release() releases} it. */
  void run(Runnable task) {
    free.decrementAndGet();
    executor.execute(task);
  }

  synchronized void release() {
    released = System.nanoTime();
    free.incrementAndGet();
    notifyAll();
    bell.ring();
  }

  /** The thread of a slot is given up, another takes its place. */
  synchronized void leaveBehind() {
    int more = size + leftBehind.incrementAndGet();
    if (own != null) {
      own.setMaximumPoolSize(more);
      own.setCorePoolSize(more);
    }
  }

  /** A thread that was given up has come back after all, and is one too many. */
  synchronized void cameBack() {
    int more = size + leftBehind.decrementAndGet();
    if (own != null) {
      own.setCorePoolSize(more);
      own.setMaximumPoolSize(more);
    }
  }

  /** Waits until all are free, or for so long. */
  synchronized boolean awaitAllFree(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (free.get() < size) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** Ends the threads that are ours; handlers that still run are interrupted. */
  void shutdown() {
    if (own != null) {
      own.shutdownNow();
    }
    virtual.ifPresent(ExecutorService::shutdownNow);
  }
}
