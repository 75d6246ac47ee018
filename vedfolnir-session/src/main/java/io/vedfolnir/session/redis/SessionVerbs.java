// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.TransactionReply;
import io.vedfolnir.redis.WatchedTransaction;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionEvent.Kind;
import io.vedfolnir.session.SessionException;
import io.vedfolnir.session.SessionLife;
import io.vedfolnir.session.SessionSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What is done to one session by its id. */
final class SessionVerbs {

  private final RedisAccess redis;
  private final SessionSettings settings;
  private final SessionKeys keys;
  private final SessionJson json;
  private final SessionLife life;
  private final WritesBehind behind;
  private final UserIndex index;
  private final NotBefore notBefore;
  private final Outbox outbox;

  SessionVerbs(StoreParts parts) {
    this.redis = parts.redis();
    this.settings = parts.settings();
    this.keys = parts.keys();
    this.json = parts.json();
    this.life = parts.life();
    this.behind = parts.behind();
    this.index = parts.index();
    this.notBefore = parts.notBefore();
    this.outbox = parts.outbox();
  }

  CompletionStage<Optional<Session>> find(String id) {
    String key = keys.session(id);
    return redis.readTogether(
        commands -> document(commands, key).thenApply(document -> sighted(present(id, document))));
  }

  CompletionStage<Optional<Session>> touch(String id) {
    String key = keys.session(id);
    return redis.readTogether(
        commands ->
            commands
                .pttl(key)
                .thenCombine(
                    document(commands, key), (ttl, document) -> touched(id, document, ttl)));
  }

  CompletionStage<Optional<Session>> update(String id, UnaryOperator<Session> change, Kind kind) {
    return changing(
        id,
        before -> {
          Instant now = redis.clock().instant();
          return life.change(before, change, now)
              .map(after -> save(before, after, now, kind))
              .orElseGet(() -> Decision.stop(Optional.of(before)));
        });
  }

  CompletionStage<Optional<Session>> rotate(String id) {
    return changing(
        id,
        before -> {
          Instant now = redis.clock().instant();
          return move(
              before, before.userId().isPresent() ? notBefore.after(user(before), now) : now);
        });
  }

  CompletionStage<Boolean> delete(String id) {
    String key = keys.session(id);
    return redis
        .transact(
            commands -> {
              commands.get(key);
              commands.del(key);
            })
        .thenApply(
            reply -> {
              deleted(id, reply).ifPresent(this::forget);
              return reply.number(1) > 0;
            });
  }

  /** Runs a transaction on the one session, while nobody else changes it. */
  private CompletionStage<Optional<Session>> changing(
      String id, Function<Session, Decision<Optional<Session>>> decide) {
    String key = keys.session(id);
    return redis.watched(
        new WatchedTransaction<byte @Nullable [], Optional<Session>>(
            // The marks as well: who is ended while he changes must not be renewed by it.
            List.of(key, keys.notBefore()),
            commands -> document(commands, key),
            document ->
                current(present(id, document))
                    .map(decide)
                    .orElseGet(() -> Decision.stop(Optional.empty())),
            settings.maxUpdateTries()));
  }

  private Decision<Optional<Session>> save(Session before, Session after, Instant now, Kind kind) {
    byte[] document = json.write(after, before.fields());
    Optional<Duration> ttl = life.timeLeft(after, now);
    if (ttl.isEmpty()) {
      return Decision.stop(Optional.empty());
    }
    return Decision.write(
        commands -> {
          commands.set(keys.session(after.id()), document, SetArgs.Builder.xx().px(ttl.get()));
          index.put(commands, after, now.plus(ttl.get()));
          outbox.add(commands, kind, after);
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
          retire(commands, before);
          index.remove(commands, before);
          index.put(commands, after, now.plus(ttl.get()));
          outbox.add(commands, Kind.ROTATED, after.id(), after.userId(), Optional.of(before.id()));
        },
        reply -> {
          reply.orThrow();
          return Optional.of(after);
        });
  }

  /** Ends an old id, at once or after the grace. */
  private void retire(RedisAsyncCommands<String, byte[]> commands, Session before) {
    if (settings.rotationGrace().isZero()) {
      commands.del(keys.session(before.id()));
    } else {
      commands.set(
          keys.session(before.id()),
          json.write(life.superseded(before), before.fields()),
          SetArgs.Builder.px(settings.rotationGrace()));
    }
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
    return life.timeLeft(session, redis.clock().instant()).isPresent()
            && !notBefore.ends(session, life)
        ? Optional.of(session)
        : Optional.empty();
  }

  private static long user(Session session) {
    return session.userId().orElseThrow();
  }

  private Optional<Session> sighted(Optional<Session> session) {
    Instant now = redis.clock().instant();
    current(session)
        .flatMap(found -> life.timeLeft(found, now))
        .ifPresent(left -> index.sight(session.orElseThrow(), now.plus(left)));
    return session;
  }

  private Optional<Session> touched(String id, byte @Nullable [] document, long ttlMillis) {
    Instant now = redis.clock().instant();
    Optional<Session> session = sighted(present(id, document));
    current(session)
        .flatMap(found -> life.timeLeft(found, now))
        .filter(left -> isDue(ttlMillis, left))
        .ifPresent(left -> slide(session.orElseThrow(), now, left));
    return session;
  }

  /** Without those that only stay to be read until their grace is over. */
  private Optional<Session> current(Optional<Session> session) {
    return session.filter(found -> !life.isSuperseded(found));
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

  /**
   * Whose it was is known only now; if this is lost, the sweeper finds that the session is gone.
   */
  private void forget(Session session) {
    behind.add(
        redis.transact(
            commands -> {
              index.remove(commands, session);
              outbox.add(commands, Kind.DELETED, session);
            }),
        "clear the index");
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
}
