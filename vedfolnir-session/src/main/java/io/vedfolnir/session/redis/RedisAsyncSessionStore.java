// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.lettuce.core.SetArgs;
import io.lettuce.core.StreamMessage;
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
  private final UserIndex index;
  private final NotBefore notBefore;
  private final UserVerbs users;

  RedisAsyncSessionStore(RedisAccess redis, SessionSettings settings) {
    this.redis = redis;
    this.settings = settings;
    this.keys = new SessionKeys(settings);
    this.json = new SessionJson(settings.maxDocumentBytes());
    this.life = new SessionLife(settings);
    this.index = new UserIndex(redis, keys, behind);
    this.notBefore = new NotBefore(keys);
    this.users = new UserVerbs(redis, settings, keys, json, index, notBefore);
  }

  @Override
  public CompletionStage<Session> create(Login login) {
    Instant now = notBefore.after(login.userId(), redis.clock().instant());
    Session session = life.begin(login, now);
    byte[] document = json.write(session, Map.of());
    Duration ttl = life.timeLeft(session, now).orElseThrow();
    return redis
        .transact(
            commands -> {
              commands.set(keys.session(session.id()), document, SetArgs.Builder.px(ttl));
              index.put(commands, session, now.plus(ttl));
              notBefore.ask(commands);
            })
        .thenCompose(
            reply -> {
              reply.orThrow();
              notBefore.learn(reply.<List<StreamMessage<String, byte[]>>>find(3).orElseThrow());
              return afterMark(session, now);
            });
  }

  /**
   * Another process may have ended all sessions of the user just before, at a moment that by our
   * idea of the clock is later than this login. It was before in fact: the session says so.
   */
  private CompletionStage<Session> afterMark(Session session, Instant now) {
    Instant counts = notBefore.after(session.userId().orElseThrow(), now);
    if (counts.equals(now)) {
      return CompletableFuture.completedFuture(session);
    }
    Session later = life.renewedAt(session, counts);
    byte[] document = json.write(later, session.fields());
    SetArgs present = SetArgs.Builder.xx().keepttl();
    return redis
        .call(commands -> commands.set(keys.session(later.id()), document, present))
        .thenApply(ok -> later);
  }

  @Override
  public CompletionStage<Optional<Session>> find(String id) {
    String key = keys.session(id);
    return typed(
        redis.readTogether(
            commands ->
                document(commands, key).thenApply(document -> sighted(present(id, document)))));
  }

  @Override
  public CompletionStage<Optional<Session>> touch(String id) {
    String key = keys.session(id);
    return typed(
        redis.readTogether(
            commands ->
                commands
                    .pttl(key)
                    .thenCombine(
                        document(commands, key), (ttl, document) -> touched(id, document, ttl))));
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
    return changing(
        id,
        before -> {
          Instant now = redis.clock().instant();
          return move(
              before, before.userId().isPresent() ? notBefore.after(user(before), now) : now);
        });
  }

  @Override
  public CompletionStage<Boolean> delete(String id) {
    String key = keys.session(id);
    return redis
        .transact(
            commands -> {
              commands.get(key);
              commands.del(key);
            })
        .thenApply(
            reply -> {
              deleted(id, reply).ifPresent(index::removeBehind);
              return reply.number(1) > 0;
            });
  }

  @Override
  public CompletionStage<List<Session>> findByUser(long userId) {
    return typed(users.find(userId));
  }

  @Override
  public CompletionStage<Integer> deleteByUser(long userId) {
    return typed(users.delete(userId));
  }

  @Override
  public CompletionStage<Integer> deleteByUserExcept(long userId, String keptId) {
    return typed(users.deleteExcept(userId, keptId));
  }

  /** Runs a transaction on the one session, while nobody else changes it. */
  private CompletionStage<Optional<Session>> changing(
      String id, Function<Session, Decision<Optional<Session>>> decide) {
    String key = keys.session(id);
    return typed(
        redis.watched(
            new WatchedTransaction<byte @Nullable [], Optional<Session>>(
                // The marks as well: who is ended while he changes must not be renewed by it.
                List.of(key, keys.notBefore()),
                commands -> document(commands, key),
                document ->
                    present(id, document)
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
          index.put(commands, after, now.plus(ttl.get()));
        },
        reply -> {
          reply.orThrow();
          if (reply.find(0).isEmpty()) {
            index.removeBehind(after); // it expired inside EXEC, and was indexed there all the same
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
          index.remove(commands, before);
          index.put(commands, after, now.plus(ttl.get()));
        },
        reply -> {
          reply.orThrow();
          return Optional.of(after);
        });
  }

  /** Reads a document, and the marks that are new by the way. */
  private CompletionStage<byte @Nullable []> document(
      RedisAsyncCommands<String, byte[]> commands, String key) {
    return commands
        .get(key)
        .thenCombine(
            notBefore.ask(commands),
            (document, marks) -> {
              notBefore.learn(marks);
              return document;
            });
  }

  private Optional<Session> present(String id, byte @Nullable [] document) {
    if (document == null) {
      return Optional.empty();
    }
    Session session = json.read(id, document);
    return life.timeLeft(session, redis.clock().instant()).isPresent() && !isEnded(session)
        ? Optional.of(session)
        : Optional.empty();
  }

  private boolean isEnded(Session session) {
    return session.userId().isPresent()
        && notBefore.of(user(session)).filter(mark -> life.isEndedBy(session, mark)).isPresent();
  }

  private static long user(Session session) {
    return session.userId().orElseThrow();
  }

  private Optional<Session> sighted(Optional<Session> session) {
    Instant now = redis.clock().instant();
    session.ifPresent(
        found -> life.timeLeft(found, now).ifPresent(left -> index.sight(found, now.plus(left))));
    return session;
  }

  private Optional<Session> touched(String id, byte @Nullable [] document, long ttlMillis) {
    Instant now = redis.clock().instant();
    Optional<Session> session = sighted(present(id, document));
    session.ifPresent(
        found ->
            life.timeLeft(found, now)
                .filter(left -> isDue(ttlMillis, left))
                .ifPresent(left -> slide(found, now, left)));
    return session;
  }

  /** Whether the TTL is so far from what it should be that it is worth a write. */
  private boolean isDue(long ttlMillis, Duration left) {
    long tolerated =
        Math.min(
            settings.touchGranularity().toMillis(), settings.idleTimeout().dividedBy(2).toMillis());
    return ttlMillis < 0 || Math.abs(left.toMillis() - ttlMillis) >= tolerated;
  }

  private void slide(Session session, Instant now, Duration left) {
    behind.add(
        redis.transact(
            commands -> {
              commands.pexpire(keys.session(session.id()), left);
              index.move(commands, session, now.plus(left));
            }),
        "prolong a session");
  }

  /** Which session a deletion has removed, as far as its document can be read. */
  private Optional<Session> deleted(String id, TransactionReply reply) {
    if (reply.error(0).isPresent()) {
      return Optional.empty();
    }
    try {
      return reply.<byte[]>find(0).map(document -> json.read(id, document));
    } catch (SessionException.Unreadable e) {
      return Optional.empty();
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
