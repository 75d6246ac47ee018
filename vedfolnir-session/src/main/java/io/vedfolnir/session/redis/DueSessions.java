// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScoredValueScanCursor;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.TransactionReply;
import io.vedfolnir.session.SessionEvent.Kind;
import io.vedfolnir.session.SessionSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sessions whose deadline has come, or of which Redis has said that it evicted them: those that
 * are gone leave the indexes and are told of, those that were prolonged get their new deadline.
 */
final class DueSessions {

  private static final int BATCH = 500;
  private static final int MOST_EVICTIONS = 100_000;
  private static final Duration EVICTIONS_KEPT = Duration.ofMinutes(1);

  private final RedisAccess redis;
  private final SessionSettings settings;
  private final SessionKeys keys;
  private final UserIndex index;
  private final Outbox outbox;
  private final Map<String, Long> evictedAt = new ConcurrentHashMap<>();

  DueSessions(StoreParts parts) {
    this.redis = parts.redis();
    this.settings = parts.settings();
    this.keys = parts.keys();
    this.index = parts.index();
    this.outbox = parts.outbox();
  }

  /** Takes a message of Redis about a key that it evicted; any key. */
  void evicted(byte[] key) {
    if (evictedAt.size() < MOST_EVICTIONS) {
      keys.idOf(new String(key, UTF_8)).ifPresent(id -> evictedAt.put(id, System.nanoTime()));
    }
  }

  /** Forgets evictions that whoever sweeps has told of by now. */
  void forgetOldEvictions() {
    long oldest = System.nanoTime() - EVICTIONS_KEPT.toNanos();
    evictedAt.values().removeIf(time -> time - oldest < 0);
  }

  /** Goes through all that is due. Blocks. */
  void sweep() {
    List<byte[]> members;
    do {
      members = due();
      settle(members);
    } while (members.size() == BATCH);
    if (!evictedAt.isEmpty()) {
      sweepEvicted();
    }
  }

  private List<byte[]> due() {
    Range<Long> past = Range.create(0L, redis.clock().instant().toEpochMilli());
    return RedisAccess.await(
        redis.read(commands -> commands.zrangebyscore(keys.deadlines(), past, Limit.from(BATCH))));
  }

  /** One pass through the deadlines for all evictions: a key does not say whose session it was. */
  private void sweepEvicted() {
    ScanCursor cursor = ScanCursor.INITIAL;
    do {
      ScanCursor from = cursor;
      ScoredValueScanCursor<byte[]> page =
          RedisAccess.await(
              redis.read(
                  commands ->
                      commands.zscan(keys.deadlines(), from, ScanArgs.Builder.limit(BATCH))));
      settle(
          page.getValues().stream()
              .map(scored -> scored.getValue())
              .filter(member -> evictedAt.containsKey(Deadline.of(member).id()))
              .toList());
      cursor = page;
    } while (!cursor.isFinished());
  }

  private void settle(List<byte[]> members) {
    if (members.isEmpty()) {
      return;
    }
    byte[][] foreign =
        members.stream().filter(one -> !Deadline.of(one).isValid()).toArray(byte[][]::new);
    if (foreign.length > 0) {
      RedisAccess.await(redis.call(commands -> commands.zrem(keys.deadlines(), foreign)));
    }
    List<Deadline> deadlines =
        members.stream().map(Deadline::of).filter(Deadline::isValid).toList();
    if (deadlines.isEmpty()) {
      return;
    }
    List<Long> ttls = RedisAccess.await(redis.readTogether(commands -> ttls(commands, deadlines)));
    TransactionReply reply =
        RedisAccess.await(
            redis.transact(
                commands -> {
                  for (int i = 0; i < deadlines.size(); i++) {
                    settle(commands, deadlines.get(i), ttls.get(i));
                  }
                }));
    reply.orThrow();
    deadlines.forEach(deadline -> evictedAt.remove(deadline.id()));
  }

  private CompletableFuture<List<Long>> ttls(
      RedisAsyncCommands<String, byte[]> commands, List<Deadline> deadlines) {
    List<RedisFuture<Long>> asked = new ArrayList<>();
    deadlines.forEach(deadline -> asked.add(commands.pttl(keys.session(deadline.id()))));
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(all -> asked.stream().map(ttl -> ttl.toCompletableFuture().join()).toList());
  }

  private void settle(
      RedisAsyncCommands<String, byte[]> commands, Deadline deadline, long ttlMillis) {
    if (ttlMillis == -2) {
      Kind kind = evictedAt.containsKey(deadline.id()) ? Kind.EVICTED : Kind.EXPIRED;
      index.remove(commands, deadline);
      outbox.add(commands, kind, deadline.id(), deadline.user(), Optional.empty());
    } else {
      // One without a TTL gets one when it is touched; until then it is looked at now and then.
      long left = ttlMillis < 0 ? settings.idleTimeout().toMillis() : ttlMillis;
      index.move(commands, deadline, redis.clock().instant().plusMillis(left));
    }
  }
}
