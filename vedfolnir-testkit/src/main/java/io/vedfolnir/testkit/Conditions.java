// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.time.Duration;

/** The proxy's weather: what holds for every byte that passes. Thread-safe. */
final class Conditions {
  private enum Reach {
    OPEN,
    PARTITIONED,
    HALF_OPEN
  }

  private Reach reach = Reach.OPEN;
  private long delayNanos;
  private int bytesPerSecond;

  synchronized void delay(Duration latency) {
    delayNanos = latency.toNanos();
    notifyAll();
  }

  synchronized void throttle(int rate) {
    bytesPerSecond = rate;
    notifyAll();
  }

  synchronized void partition() {
    reach = Reach.PARTITIONED;
    notifyAll();
  }

  synchronized void halfOpen() {
    reach = Reach.HALF_OPEN;
    notifyAll();
  }

  synchronized void heal() {
    reach = Reach.OPEN;
    delayNanos = 0;
    bytesPerSecond = 0;
    notifyAll();
  }

  synchronized boolean isHalfOpen() {
    return reach == Reach.HALF_OPEN;
  }

  /** How many bytes to read at once: few under a throttle, so that they trickle. */
  synchronized int chunk(int most) {
    return bytesPerSecond == 0 ? most : Math.max(1, Math.min(most, bytesPerSecond / 20));
  }

  /** Waits until so many bytes may pass. */
  synchronized void pass(int bytes) throws InterruptedException {
    long arrival = System.nanoTime();
    while (true) {
      long left = holdNanos(bytes) - (System.nanoTime() - arrival);
      if (reach == Reach.PARTITIONED) {
        wait();
      } else if (left > 0) {
        wait(left / 1_000_000, (int) (left % 1_000_000));
      } else {
        return;
      }
    }
  }

  private long holdNanos(int bytes) {
    return delayNanos + (bytesPerSecond == 0 ? 0 : 1_000_000_000L * bytes / bytesPerSecond);
  }
}
