// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateAdapter;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.push.PushMessage;
import io.lettuce.core.codec.StringCodec;
import io.vedfolnir.redis.NearCache.Held;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What one tracked connection has read and nobody has changed since; ends with the connection. */
final class TrackedReads<V> {

  private final StatefulRedisConnection<String, byte[]> connection;
  private final RedisAccess redis;
  private final BiFunction<String, byte[], V> decode;
  private final Map<String, Slot<V>> slots;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile long lastSign = System.nanoTime();

  /**
   * A place for a value. It is put in the map before the question is sent and filled only if it is
   * still there: a push that overtakes the handling of the reply has taken it out by then.
   */
  private static final class Slot<V> {
    volatile @Nullable Held<V> held;
  }

  private TrackedReads(
      StatefulRedisConnection<String, byte[]> connection,
      RedisAccess redis,
      BiFunction<String, byte[], V> decode,
      int maxEntries) {
    this.connection = connection;
    this.redis = redis;
    this.decode = decode;
    this.slots = Collections.synchronizedMap(new LeastRecentlyUsed<>(maxEntries));
  }

  /** Switches tracking on. */
  static <V> CompletionStage<TrackedReads<V>> begin(
      StatefulRedisConnection<String, byte[]> connection,
      RedisAccess redis,
      BiFunction<String, byte[], V> decode,
      int maxEntries) {
    TrackedReads<V> reads = new TrackedReads<>(connection, redis, decode, maxEntries);
    connection.addListener(reads::onPush);
    connection.addListener(
        new RedisConnectionStateAdapter() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> gone) {
            reads.end();
          }
        });
    return RedisAccess.mapped(
            () -> connection.async().clientTracking(TrackingArgs.Builder.enabled()),
            Failures::ofRead)
        .thenApply(ok -> reads)
        .whenComplete(
            (ok, failure) -> {
              if (failure != null) {
                connection.closeAsync();
              }
            });
  }

  /** The value if it is here; it may have expired. */
  @Nullable Held<V> held(String key) {
    Slot<V> slot = slots.get(key);
    return slot == null ? null : slot.held;
  }

  /** Reads from Redis and keeps what comes. */
  CompletionStage<Optional<Held<V>>> load(String key) {
    Slot<V> slot = new Slot<>();
    slots.put(key, slot);
    long sent = System.nanoTime();
    return RedisAccess.mapped(
            () -> {
              Batch batch = new Batch(Connector.CODEC);
              CompletionStage<Optional<Held<V>>> reply = ask(batch.commands(), redis, key, decode);
              batch.dispatch(connection);
              return reply;
            },
            Failures::ofRead)
        .whenComplete(
            (held, failure) -> {
              if (failure == null && held.isPresent()) {
                lastSign = Math.max(lastSign, sent);
                slot.held = held.get();
              } else {
                slots.remove(key, slot);
              }
            });
  }

  /** Reads from Redis and keeps nothing. */
  static <V> CompletionStage<Optional<Held<V>>> load(
      RedisAccess redis, String key, BiFunction<String, byte[], V> decode) {
    return redis.readTogether(commands -> ask(commands, redis, key, decode));
  }

  private static <V> CompletionStage<Optional<Held<V>>> ask(
      RedisAsyncCommands<String, byte[]> commands,
      RedisAccess redis,
      String key,
      BiFunction<String, byte[], V> decode) {
    return commands
        .get(key)
        .thenCombine(
            commands.pttl(key),
            (value, ttlMillis) -> decoded(redis, key, value, ttlMillis, decode));
  }

  private static <V> Optional<Held<V>> decoded(
      RedisAccess redis,
      String key,
      byte @Nullable [] value,
      long ttlMillis,
      BiFunction<String, byte[], V> decode) {
    if (value == null || ttlMillis == -2) {
      return Optional.empty(); // gone, perhaps between the two commands
    }
    Instant expiresAt = ttlMillis < 0 ? Instant.MAX : redis.clock().instant().plusMillis(ttlMillis);
    return Optional.of(new Held<>(decode.apply(key, value), expiresAt));
  }

  private void onPush(PushMessage message) {
    if (!message.getType().equals("invalidate")) {
      return;
    }
    List<Object> content = message.getContent(StringCodec.UTF8::decodeKey);
    if (content.size() > 1 && content.get(1) instanceof List<?> keys) {
      keys.forEach(slots::remove);
    } else {
      slots.clear(); // the whole database was emptied
    }
  }

  /** Whether the connection has been heard of recently. */
  boolean isAlive(Duration longestSilence) {
    return System.nanoTime() - lastSign < longestSilence.toNanos() && !ended.isDone();
  }

  CompletionStage<String> askForLife() {
    long sent = System.nanoTime();
    return RedisAccess.mapped(() -> connection.async().ping(), Failures::ofRead)
        .thenApply(
            pong -> {
              lastSign = Math.max(lastSign, sent);
              return pong;
            });
  }

  /** Runs the task when the connection has ended, at once if it has already. */
  void whenEnded(Runnable task) {
    ended.thenRun(task);
  }

  private void end() {
    slots.clear();
    ended.complete(null);
  }

  /** Drops everything; done when the connection has ended. */
  CompletionStage<Void> close() {
    end();
    return connection.isOpen() ? connection.closeAsync() : CompletableFuture.completedFuture(null);
  }

  private static final class LeastRecentlyUsed<K, T> extends LinkedHashMap<K, T> {
    private static final long serialVersionUID = 1L;
    private final int maxEntries;

    LeastRecentlyUsed(int maxEntries) {
      super(16, 0.75f, true);
      this.maxEntries = maxEntries;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, T> eldest) {
      return size() > maxEntries;
    }
  }
}
