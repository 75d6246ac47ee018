// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.redis.Subscription;
import io.vedfolnir.redis.TransactionReply;
import io.vedfolnir.redis.WatchConflictException;
import io.vedfolnir.redis.WatchedTransaction;
import io.vedfolnir.session.AsyncSessionStore;
import io.vedfolnir.session.EventSubscription;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionEvent;
import io.vedfolnir.session.SessionEvent.Kind;
import io.vedfolnir.session.SessionException;
import io.vedfolnir.session.SessionLife;
import io.vedfolnir.session.SessionSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** All that the session store does; the blocking store waits for it. */
final class RedisAsyncSessionStore implements AsyncSessionStore {

  private static final Pattern GROUP = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final RedisAccess redis;
  private final SessionSettings settings;
  private final SessionKeys keys;
  private final SessionJson json;
  private final SessionLife life;
  private final WritesBehind behind = new WritesBehind();
  private final UserIndex index;
  private final NotBefore notBefore;
  private final UserVerbs users;
  private final Logins logins;
  private final Outbox outbox;
  private final Optional<Subscription> evictions;
  private final Sweeper sweeper;
  private final List<EventReader> readers = new CopyOnWriteArrayList<>();

  RedisAsyncSessionStore(RedisAccess redis, SessionSettings settings) {
    this.redis = redis;
    this.settings = settings;
    this.keys = new SessionKeys(settings);
    this.json = new SessionJson(settings.maxDocumentBytes());
    this.life = new SessionLife(settings);
    this.index = new UserIndex(redis, keys, behind);
    this.notBefore = new NotBefore(keys);
    this.outbox = new Outbox(keys, settings);
    this.users = new UserVerbs(redis, settings, keys, json, index, notBefore, outbox);
    this.logins = new Logins(redis, settings, keys, json, index, users, notBefore, outbox);
    DueSessions due = new DueSessions(redis, settings, keys, index, outbox);
    this.evictions =
        settings.recordsEvents()
            ? Optional.of(
                redis.subscribe(
                    List.of(redis.keyEventChannel("evicted")), (channel, key) -> due.evicted(key)))
            : Optional.empty();
    this.sweeper = Sweeper.start(redis, settings, keys, due, notBefore);
  }

  @Override
  public CompletionStage<Session> create(Login login) {
    return typed(logins.create(login));
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
    return update(id, change, Kind.UPDATED);
  }

  @Override
  public CompletionStage<Optional<Session>> switchPlatform(
      String id, long connectionId, String name) {
    return update(id, session -> session.withPlatform(connectionId, name), Kind.PLATFORM_SWITCHED);
  }

  private CompletionStage<Optional<Session>> update(
      String id, UnaryOperator<Session> change, Kind kind) {
    return changing(
        id,
        before -> {
          Instant now = redis.clock().instant();
          return life.change(before, change, now)
              .map(after -> save(before, after, now, kind))
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
              deleted(id, reply).ifPresent(this::forget);
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
                    current(present(id, document))
                        .map(decide)
                        .orElseGet(() -> Decision.stop(Optional.empty())),
                settings.maxUpdateTries())));
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

  @Override
  public EventSubscription events(String group, Consumer<SessionEvent> handler) {
    if (!settings.recordsEvents()) {
      throw new IllegalStateException(
          "this store records no events; open it with SessionSettings.withEvents()");
    }
    if (!GROUP.matcher(group).matches()) {
      throw new IllegalArgumentException(
          "a group is named by 1 to 64 letters, digits, '.', '_' and '-'");
    }
    EventReader reader =
        EventReader.start(redis, keys.events(), group, handler, EventReader.GIVEN_UP);
    readers.add(reader);
    return reader;
  }

  /** Ends the threads, and waits for what is still written behind a reply. */
  void close() {
    readers.forEach(EventReader::close);
    evictions.ifPresent(Subscription::close);
    sweeper.close();
    drain();
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
