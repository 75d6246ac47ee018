// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.redis.WatchConflictException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries again while Redis is away, full, loading or locked, with growing random pauses, for as long
 * as the worker lives.
 *
 * <p>Only for steps that may be done twice.
 */
final class Patience {

  private static final Logger log = LoggerFactory.getLogger(Patience.class);
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  private final CountDownLatch over = new CountDownLatch(1);

  /** From now on the next failure is final. */
  void end() {
    over.countDown();
  }

  boolean hasEnded() {
    return over.getCount() == 0;
  }

  /**
   * The result of a step, whenever it comes.
   *
   * @throws RuntimeException if the step can never succeed, or patience has ended
   */
  <T> T await(String what, Supplier<CompletionStage<T>> step) {
    for (int failures = 0; ; failures++) {
      try {
        return RedisAccess.await(step.get());
      } catch (RedisAccessException | WatchConflictException e) {
        if (e instanceof RedisAccessException.Rejected
            || e instanceof RedisAccessException.Unsupported
            || hasEnded()) {
          throw e;
        }
        if (failures == 0) {
          log.warn("{} has to wait: {}", what, e.getMessage());
        }
        pause(failures);
      }
    }
  }

  /** Waits for a moment that grows with the number of failures; less if patience ends. */
  void pause(int failures) {
    long most = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
    sleep(Duration.ofMillis(1 + ThreadLocalRandom.current().nextLong(most)));
  }

  private void sleep(Duration time) {
    try {
      boolean ended = over.await(time.toMillis(), TimeUnit.MILLISECONDS);
      if (ended) {
        log.debug("patience has ended");
      }
    } catch (InterruptedException e) {
      // An interrupt is meant for the handler, which has ended; what is left must be recorded.
      log.debug("interrupted while waiting for Redis");
    }
  }
}
