// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes the main thread; rings that nobody waited for count as one. Thread-safe. */
final class Bell {

  private final Semaphore rings = new Semaphore(0);

  void ring() {
    rings.release();
  }

  /** Waits for a ring since the last wait. */
  void await() throws InterruptedException {
    rings.acquire();
    rings.drainPermits();
  }

  /** Waits for a ring, or for so long. */
  void await(long nanos) throws InterruptedException {
    if (rings.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
      rings.drainPermits();
    }
  }
}
