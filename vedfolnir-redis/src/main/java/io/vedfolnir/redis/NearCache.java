// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Values of STRING keys that are kept in this process until Redis says that they have changed.
 *
 * <p>It reads on a connection of its own with {@code CLIENT TRACKING}, RESP3, in the default mode:
 * Redis remembers what was read there and pushes the name of each key that was written, deleted,
 * evicted or has expired since. Once that push is here, the value is not served any more. When the
 * connection ends, everything is dropped; until there is a new one, every read goes to Redis.
 *
 * <p>A connection that went dead without a word would make pushes fail to come. So it is asked for
 * a sign of life each second, and what it has brought is served only while the last sign is no
 * older than that second and the command timeout: with the defaults, nothing is served more than 3
 * s after it changed, whatever the network does.
 *
 * <p>Thread-safe. Needs the right to {@code CLIENT TRACKING}; without it, every read goes to Redis.
 *
 * @param <V> what values are decoded to; it must be immutable, since it is handed out many times
 */
public final class NearCache<V> implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NearCache.class);
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final RedisAccess redis;
  private final Connector connector;
  private final BiFunction<String, byte[], V> decode;
  private final int maxEntries;
  private final Duration longestSilence;
  private final ScheduledExecutorService later;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private volatile @Nullable TrackedReads<V> tracked;
  private volatile boolean closed;

  NearCache(
      RedisAccess redis,
      Connector connector,
      BiFunction<String, byte[], V> decode,
      int maxEntries) {
    if (maxEntries < 1 || maxEntries > 10_000_000) {
      throw new IllegalArgumentException("a near cache takes 1 to 10,000,000 entries");
    }
    this.redis = redis;
    this.connector = connector;
    this.decode = decode;
    this.maxEntries = maxEntries;
    this.longestSilence = SIGN_OF_LIFE.plus(redis.settings().commandTimeout());
    this.later = connector.resources().eventExecutorGroup();
    connect(1);
  }

  /**
   * A value and how long it is good for.
   *
   * @param expiresAt by the clock of Redis; {@link Instant#MAX} if it does not expire
   */
  public record Held<V>(V value, Instant expiresAt) {}

  /**
   * The value of a key, from here or from Redis.
   *
   * @return empty if there is none; fails with what decoding threw, or {@link RedisAccessException}
   */
  public CompletionStage<Optional<Held<V>>> get(String key) {
    TrackedReads<V> reads = tracked;
    if (reads != null && reads.isAlive(longestSilence)) {
      Held<V> held = reads.held(key);
      if (held != null && held.expiresAt().isAfter(redis.clock().instant())) {
        hits.increment();
        return CompletableFuture.completedFuture(Optional.of(held));
      }
      misses.increment();
      return reads.load(key);
    }
    misses.increment();
    return TrackedReads.load(redis, key, decode);
  }

  /** How many reads were answered from here. */
  public long hits() {
    return hits.sum();
  }

  /** How many reads went to Redis. */
  public long misses() {
    return misses.sum();
  }

  /** Whether changes are being told, so that values can be kept. */
  public boolean isTracking() {
    TrackedReads<V> reads = tracked;
    return reads != null && reads.isAlive(longestSilence);
  }

  /** Done when every push that Redis sent before now is here. */
  CompletionStage<String> sync() {
    TrackedReads<V> reads = tracked;
    return reads == null ? CompletableFuture.completedFuture("") : reads.askForLife();
  }

  private void connect(int attempt) {
    if (closed) {
      return;
    }
    RedisAccess.mapped(connector::onceOnly, Failures::ofRead)
        .thenCompose(connection -> TrackedReads.begin(connection, redis, decode, maxEntries))
        .whenComplete(
            (reads, failure) -> {
              if (failure == null) {
                begin(reads);
              } else {
                log.debug("no near cache at the moment: {}", failure.getMessage());
                after(pause(attempt), () -> connect(attempt + 1));
              }
            });
  }

  private void begin(TrackedReads<V> reads) {
    tracked = reads;
    reads.whenEnded(
        () -> {
          tracked = null;
          after(pause(1), () -> connect(2));
        });
    if (closed) {
      reads.close();
      return;
    }
    after(SIGN_OF_LIFE, () -> check(reads));
  }

  private void check(TrackedReads<V> reads) {
    if (tracked != reads) {
      return;
    }
    reads
        .askForLife()
        .whenComplete(
            (pong, failure) -> {
              if (failure == null) {
                after(SIGN_OF_LIFE, () -> check(reads));
              } else {
                reads.close();
              }
            });
  }

  private static Duration pause(int attempt) {
    // Full jitter, growing: when Redis restarts, its clients do not all come at once.
    long most = Math.min(LONGEST_PAUSE.toMillis(), 50L << Math.min(attempt, 10));
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most) + 1);
  }

  private void after(Duration time, Runnable task) {
    try {
      later.schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      closed = true; // the connections of this process were ended under it
    }
  }

  /** Drops everything and ends the connection. */
  @Override
  public void close() {
    closed = true;
    TrackedReads<V> reads = tracked;
    tracked = null;
    if (reads != null) {
      reads.close().toCompletableFuture().join();
    }
  }
}
