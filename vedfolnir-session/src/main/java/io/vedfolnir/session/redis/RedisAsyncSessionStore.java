// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.redis.TransactionReply;
import io.vedfolnir.redis.WatchConflictException;
import io.vedfolnir.redis.WatchedTransaction;
import io.vedfolnir.session.AsyncSessionStore;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionException;
import io.vedfolnir.session.SessionLife;
import io.vedfolnir.session.SessionSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** All that the session store does; the blocking store waits for it. */
final class RedisAsyncSessionStore implements AsyncSessionStore {

  private final RedisAccess redis;
  private final SessionSettings settings;
  private final SessionKeys keys;
  private final SessionJson json;
  private final SessionLife life;
  private final WritesBehind behind = new WritesBehind();

  RedisAsyncSessionStore(RedisAccess redis, SessionSettings settings) {
    this.redis = redis;
    this.settings = settings;
    this.keys = new SessionKeys(settings);
    this.json = new SessionJson(settings.maxDocumentBytes());
    this.life = new SessionLife(settings);
  }

  @Override
  public CompletionStage<Session> create(Login login) {
    Instant now = redis.clock().instant();
    Session session = life.begin(login, now);
    byte[] document = json.write(session, Map.of());
    Duration ttl = life.timeLeft(session, now).orElseThrow();
    return redis
        .transact(
            commands -> {
              commands.set(keys.session(session.id()), document, SetArgs.Builder.px(ttl));
              index(commands, session, now.plus(ttl));
            })
        .thenApply(
            reply -> {
              reply.orThrow();
              return session;
            });
  }

  @Override
  public CompletionStage<Optional<Session>> find(String id) {
    String key = keys.session(id);
    return typed(
        redis
            .read(commands -> commands.get(key))
            .thenApply(document -> present(id, document, redis.clock().instant())));
  }

  @Override
  public CompletionStage<Optional<Session>> touch(String id) {
    String key = keys.session(id);
    return typed(
        redis.readTogether(
            commands ->
                commands
                    .get(key)
                    .thenCombine(
                        commands.pttl(key), (document, ttl) -> touched(id, document, ttl))));
  }

  @Override
  public CompletionStage<Optional<Session>> update(String id, UnaryOperator<Session> change) {
    return changing(
        id,
        before -> {
          Instant now = redis.clock().instant();
          return life.change(before, change, now)
              .map(after -> save(before, after, now))
              .orElseGet(() -> Decision.stop(Optional.of(before)));
        });
  }

  @Override
  public CompletionStage<Optional<Session>> rotate(String id) {
    return changing(id, before -> move(before, redis.clock().instant()));
  }

  @Override
  public CompletionStage<Boolean> delete(String id) {
    String key = keys.session(id);
    return redis
        .transact(
            commands -> {
              commands.get(key);
              commands.del(key);
              commands.zrem(keys.deadlines(), SessionKeys.member(id));
            })
        .thenApply(
            reply -> {
              boolean existed = reply.number(1) > 0;
              owner(id, reply).ifPresent(user -> forget(user, id));
              return existed;
            });
  }

  /** Runs a transaction on the one session, while nobody else changes it. */
  private CompletionStage<Optional<Session>> changing(
      String id, Function<Session, Decision<Optional<Session>>> decide) {
    String key = keys.session(id);
    return typed(
        redis.watched(
            new WatchedTransaction<byte @Nullable [], Optional<Session>>(
                List.of(key),
                commands -> commands.get(key),
                document ->
                    present(id, document, redis.clock().instant())
                        .map(decide)
                        .orElseGet(() -> Decision.stop(Optional.empty())),
                settings.maxUpdateTries())));
  }

  private Decision<Optional<Session>> save(Session before, Session after, Instant now) {
    byte[] document = json.write(after, before.fields());
    Optional<Duration> ttl = life.timeLeft(after, now);
    if (ttl.isEmpty()) {
      return Decision.stop(Optional.empty());
    }
    return Decision.write(
        commands -> {
          commands.set(keys.session(after.id()), document, SetArgs.Builder.xx().px(ttl.get()));
          index(commands, after, now.plus(ttl.get()));
        },
        reply -> {
          reply.orThrow();
          if (reply.find(0).isEmpty()) {
            unindex(after); // it expired inside EXEC, and was indexed there all the same
            return Optional.empty();
          }
          return Optional.of(after);
        });
  }

  private Decision<Optional<Session>> move(Session before, Instant now) {
    Session after = life.renew(before, now);
    byte[] document = json.write(after, before.fields());
    Optional<Duration> ttl = life.timeLeft(after, now);
    if (ttl.isEmpty()) {
      return Decision.stop(Optional.empty());
    }
    return Decision.write(
        commands -> {
          commands.set(keys.session(after.id()), document, SetArgs.Builder.px(ttl.get()));
          commands.del(keys.session(before.id()));
          unindex(commands, before);
          index(commands, after, now.plus(ttl.get()));
        },
        reply -> {
          reply.orThrow();
          return Optional.of(after);
        });
  }

  private Optional<Session> present(String id, byte @Nullable [] document, Instant now) {
    if (document == null) {
      return Optional.empty();
    }
    Session session = json.read(id, document);
    return life.timeLeft(session, now).map(left -> session);
  }

  private Optional<Session> touched(String id, byte @Nullable [] document, long ttlMillis) {
    Instant now = redis.clock().instant();
    Optional<Session> session = present(id, document, now);
    session
        .flatMap(found -> life.timeLeft(found, now))
        .filter(left -> isDue(ttlMillis, left))
        .ifPresent(left -> slide(keys.session(id), left));
    return session;
  }

  /** Whether the TTL is so far from what it should be that it is worth a write. */
  private boolean isDue(long ttlMillis, Duration left) {
    long tolerated =
        Math.min(
            settings.touchGranularity().toMillis(), settings.idleTimeout().dividedBy(2).toMillis());
    return ttlMillis < 0 || Math.abs(left.toMillis() - ttlMillis) >= tolerated;
  }

  private void slide(String key, Duration left) {
    behind.add(redis.call(commands -> commands.pexpire(key, left)), "prolong a session");
  }

  private void index(RedisAsyncCommands<String, byte[]> commands, Session session, Instant expiry) {
    byte[] member = SessionKeys.member(session.id());
    double score = expiry.toEpochMilli();
    session.userId().ifPresent(user -> commands.zadd(keys.user(user), score, member));
    commands.zadd(keys.deadlines(), score, member);
  }

  private void unindex(RedisAsyncCommands<String, byte[]> commands, Session session) {
    byte[] member = SessionKeys.member(session.id());
    session.userId().ifPresent(user -> commands.zrem(keys.user(user), member));
    commands.zrem(keys.deadlines(), member);
  }

  private void unindex(Session session) {
    behind.add(redis.transact(commands -> unindex(commands, session)), "clear the index");
  }

  private void forget(long user, String id) {
    behind.add(
        redis.call(commands -> commands.zrem(keys.user(user), SessionKeys.member(id))),
        "clear the index of a user");
  }

  /** Whose session a deletion has removed, as far as its document can be read. */
  private OptionalLong owner(String id, TransactionReply reply) {
    if (reply.error(0).isPresent()) {
      return OptionalLong.empty();
    }
    try {
      return reply
          .<byte[]>find(0)
          .map(document -> json.read(id, document).userId())
          .orElseGet(OptionalLong::empty);
    } catch (SessionException.Unreadable e) {
      return OptionalLong.empty();
    }
  }

  /** Waits for the writes behind the replies. */
  void drain() {
    behind.drain();
  }

  private static <T> CompletionStage<T> typed(CompletionStage<T> stage) {
    return stage.exceptionallyCompose(
        failure -> CompletableFuture.failedFuture(meaning(unwrap(failure))));
  }

  private static Throwable meaning(Throwable failure) {
    if (failure instanceof WatchConflictException conflict) {
      return new SessionException.Conflict(conflict.tries());
    }
    if (failure instanceof RedisAccessException.Rejected rejected
        && rejected.code().filter("WRONGTYPE"::equals).isPresent()) {
      return new SessionException.Unreadable(SessionException.Unreadable.Reason.FOREIGN_TYPE);
    }
    return failure;
  }

  private static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
