// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A fault that waits for its request and strikes once. Thread-safe. */
public final class ArmedFault {
  private final String text;
  private final Strike strike;
  private final AtomicInteger matchesLeft;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean fired;

  ArmedFault(int nth, String text, Strike strike) {
    this.matchesLeft = new AtomicInteger(nth);
    this.text = text;
    this.strike = strike;
  }

  /** Whether this is the request. */
  boolean matches(String request) {
    return request.contains(text) && matchesLeft.decrementAndGet() == 0;
  }

  Strike strike() {
    return strike;
  }

  /** To be called before the client can notice: what it does next may ask whether it was this. */
  void markFired() {
    fired = true;
  }

  void markDone() {
    done.countDown();
  }

  /**
   * Whether the fault strikes or has struck; a client that has felt it always finds {@code true}.
   */
  public boolean fired() {
    return fired;
  }

  /**
   * Waits until the connection is cut, or the action has run.
   *
   * @return whether it came in time
   */
  public boolean awaitFired(Duration longest) throws InterruptedException {
    return done.await(longest.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Makes sure that it will not strike any more; what has begun is finished. */
  public void disarm() {
    matchesLeft.set(0);
  }

  /** What happens to the request. */
  sealed interface Strike {

    /** The connection ends; the server never sees the request. */
    record BeforeRequest() implements Strike {}

    /** The server answers, so many bytes of it pass, and the connection ends. */
    record InsideReply(int bytes) implements Strike {}

    /** The action runs while the request waits. */
    record Meanwhile(Runnable action) implements Strike {}
  }
}
