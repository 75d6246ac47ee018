// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.SetArgs;
import io.lettuce.core.XTrimArgs;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.session.SessionId;
import io.vedfolnir.session.SessionSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears what has expired out of the indexes, and tells of it; on a thread of its own, each second
 * if events are recorded, each minute otherwise.
 *
 * <p>Of all processes one sweeps: the one that holds the lease. If it dies, another one has it
 * three periods later. While two believe that they have it, an expiry may be told twice, which
 * those who handle events must bear anyway.
 */
final class Sweeper implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RedisSessionStore.class);
  private static final Duration BETWEEN_TRIMS = Duration.ofMinutes(10);

  private final RedisAccess redis;
  private final SessionSettings settings;
  private final SessionKeys keys;
  private final DueSessions due;
  private final NotBefore notBefore;
  private final Duration period;
  private final byte[] token = SessionId.random().getBytes(US_ASCII);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private Instant nextTrim = Instant.MIN;
  private boolean leads;
  private boolean fails;

  private Sweeper(StoreParts parts, DueSessions due) {
    this.redis = parts.redis();
    this.settings = parts.settings();
    this.keys = parts.keys();
    this.due = due;
    this.notBefore = parts.notBefore();
    this.period = settings.recordsEvents() ? Duration.ofSeconds(1) : Duration.ofMinutes(1);
    this.thread = new Thread(this::run, "vedfolnir-session-sweeper");
    this.thread.setDaemon(true);
  }

  static Sweeper start(StoreParts parts, DueSessions due) {
    Sweeper sweeper = new Sweeper(parts, due);
    sweeper.thread.start();
    return sweeper;
  }

  private void run() {
    while (!hasEnded()) {
      try {
        leads = holdsLease();
        if (leads) {
          due.sweep();
        }
        trim();
        due.forgetOldEvictions();
        fails = false;
      } catch (RuntimeException e) {
        if (!fails) {
          log.warn("cannot sweep expired sessions at the moment: {}", e.getMessage());
        }
        fails = true; // once is enough for one outage
      }
    }
  }

  private boolean hasEnded() {
    try {
      return closed.await(period.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private boolean holdsLease() {
    long lease = period.multipliedBy(3).toMillis();
    boolean mine =
        RedisAccess.await(
            redis.together(
                commands ->
                    commands
                        .set(keys.sweeper(), token, SetArgs.Builder.nx().px(lease))
                        .thenCombine(
                            commands.get(keys.sweeper()),
                            (taken, holder) -> Arrays.equals(token, holder))));
    if (mine) {
      RedisAccess.await(redis.call(commands -> commands.pexpire(keys.sweeper(), lease)));
    }
    return mine;
  }

  /** Marks that are older than any session end nobody any more, and every process has them. */
  private void trim() {
    Instant now = redis.clock().instant();
    if (now.isBefore(nextTrim)) {
      return;
    }
    nextTrim = now.plus(BETWEEN_TRIMS);
    Instant oldest = now.minus(NotBefore.retention(settings.absoluteLifetime()));
    notBefore.forgetBefore(oldest);
    if (leads) {
      XTrimArgs args = XTrimArgs.Builder.minId(oldest.toEpochMilli() + "-0");
      RedisAccess.await(redis.call(commands -> commands.xtrim(keys.notBefore(), args)));
    }
  }

  @Override
  public void close() {
    closed.countDown();
    boolean interrupted = false;
    try {
      thread.join();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (leads) {
      giveUpLease();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void giveUpLease() {
    try {
      RedisAccess.await(redis.call(commands -> commands.del(keys.sweeper())));
    } catch (RuntimeException e) {
      log.debug("the lease of the sweeper ends by itself: {}", e.getMessage());
    }
  }
}
