// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.lettuce.core.ZAddArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.session.Session;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which sessions a user has, and when which session expires: two sorted sets without TTL.
 *
 * <p>Whatever this process writes goes into both in the same transaction as the document. A session
 * that somebody else wrote is entered when it is first seen here, behind the reply. Thread-safe.
 */
final class UserIndex {

  // 1 MiB; a session that has lost its place to another is entered once more, which does no harm.
  private static final int PLACES = 1 << 17;

  private final RedisAccess redis;
  private final SessionKeys keys;
  private final WritesBehind behind;
  private final AtomicLongArray seen = new AtomicLongArray(PLACES);

  UserIndex(RedisAccess redis, SessionKeys keys, WritesBehind behind) {
    this.redis = redis;
    this.keys = keys;
    this.behind = behind;
  }

  /** Enters a session, or moves its expiry. */
  void put(RedisAsyncCommands<String, byte[]> commands, Session session, Instant expiry) {
    put(commands, session, expiry, new ZAddArgs());
    isFirstSight(session);
  }

  /** Enters a session that may be there already; its expiry then stays. */
  void enter(RedisAsyncCommands<String, byte[]> commands, Session session, Instant expiry) {
    put(commands, session, expiry, ZAddArgs.Builder.nx());
  }

  /** Moves the expiry of a session that is entered. */
  void move(RedisAsyncCommands<String, byte[]> commands, Session session, Instant expiry) {
    put(commands, session, expiry, ZAddArgs.Builder.xx());
  }

  private void put(
      RedisAsyncCommands<String, byte[]> commands,
      Session session,
      Instant expiry,
      ZAddArgs condition) {
    put(commands, Deadline.of(session), expiry, condition);
  }

  /** Moves the expiry of an entry that is there. */
  void move(RedisAsyncCommands<String, byte[]> commands, Deadline deadline, Instant expiry) {
    put(commands, deadline, expiry, ZAddArgs.Builder.xx());
  }

  private void put(
      RedisAsyncCommands<String, byte[]> commands,
      Deadline deadline,
      Instant expiry,
      ZAddArgs condition) {
    double score = expiry.toEpochMilli();
    deadline
        .user()
        .ifPresent(user -> commands.zadd(keys.user(user), condition, score, deadline.userMember()));
    commands.zadd(keys.deadlines(), condition, score, deadline.member());
  }

  /** Takes a session out. */
  void remove(RedisAsyncCommands<String, byte[]> commands, Session session) {
    remove(commands, Deadline.of(session));
  }

  /** Takes an entry out. */
  void remove(RedisAsyncCommands<String, byte[]> commands, Deadline deadline) {
    deadline.user().ifPresent(user -> commands.zrem(keys.user(user), deadline.userMember()));
    commands.zrem(keys.deadlines(), deadline.member());
  }

  /** Takes sessions of one user out. */
  void remove(RedisAsyncCommands<String, byte[]> commands, long user, Collection<String> ids) {
    List<Deadline> deadlines =
        ids.stream().map(id -> new Deadline(id, OptionalLong.of(user))).toList();
    commands.zrem(
        keys.user(user), deadlines.stream().map(Deadline::userMember).toArray(byte[][]::new));
    commands.zrem(
        keys.deadlines(), deadlines.stream().map(Deadline::member).toArray(byte[][]::new));
  }

  /** Takes a session out, behind the reply. */
  void removeBehind(Session session) {
    behind.add(redis.transact(commands -> remove(commands, session)), "clear the index");
  }

  /** Takes sessions of a user out that are no more, behind the reply. */
  void removeBehind(long user, List<String> ids) {
    if (!ids.isEmpty()) {
      behind.add(redis.transact(commands -> remove(commands, user, ids)), "clear the index");
    }
  }

  /** Enters a session that was read, unless it is known to be there. */
  void sight(Session session, Instant expiry) {
    if (isFirstSight(session)) {
      behind.add(
          redis.transact(commands -> enter(commands, session, expiry)),
          "enter a session into the index");
    }
  }

  /** Remembers the session; by 64 bits of its id, which is enough for what is at stake. */
  private boolean isFirstSight(Session session) {
    long hash = 1125899906842597L;
    String id = session.id();
    for (int i = 0; i < id.length(); i++) {
      hash = 31 * hash + id.charAt(i);
    }
    int place = (int) (hash ^ (hash >>> 32)) & (PLACES - 1);
    return seen.getAndSet(place, hash) != hash;
  }
}
