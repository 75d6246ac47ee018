// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.redis.Subscription;
import io.vedfolnir.redis.WatchConflictException;
import io.vedfolnir.session.AsyncSessionStore;
import io.vedfolnir.session.EventSubscription;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionEvent;
import io.vedfolnir.session.SessionEvent.Kind;
import io.vedfolnir.session.SessionException;
import io.vedfolnir.session.SessionSettings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** All that the session store does; the blocking store waits for it. */
final class RedisAsyncSessionStore implements AsyncSessionStore {

  private static final Pattern GROUP = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final StoreParts parts;
  private final SessionVerbs verbs;
  private final UserVerbs users;
  private final Logins logins;
  private final Optional<Subscription> evictions;
  private final Sweeper sweeper;
  private final List<EventReader> readers = new CopyOnWriteArrayList<>();

  RedisAsyncSessionStore(RedisAccess redis, SessionSettings settings) {
    this.parts = StoreParts.of(redis, settings);
    this.verbs = new SessionVerbs(parts);
    this.users = new UserVerbs(parts);
    this.logins = new Logins(parts, users);
    DueSessions due = new DueSessions(parts);
    this.evictions =
        settings.recordsEvents()
            ? Optional.of(
                redis.subscribe(
                    List.of(redis.keyEventChannel("evicted")), (channel, key) -> due.evicted(key)))
            : Optional.empty();
    this.sweeper = Sweeper.start(parts, due);
  }

  @Override
  public CompletionStage<Session> create(Login login) {
    return typed(logins.create(login));
  }

  @Override
  public CompletionStage<Optional<Session>> find(String id) {
    return typed(verbs.find(id));
  }

  @Override
  public CompletionStage<Optional<Session>> touch(String id) {
    return typed(verbs.touch(id));
  }

  @Override
  public CompletionStage<Optional<Session>> update(String id, UnaryOperator<Session> change) {
    return typed(verbs.update(id, change, Kind.UPDATED));
  }

  @Override
  public CompletionStage<Optional<Session>> switchPlatform(
      String id, long connectionId, String name) {
    return typed(
        verbs.update(
            id, session -> session.withPlatform(connectionId, name), Kind.PLATFORM_SWITCHED));
  }

  @Override
  public CompletionStage<Optional<Session>> rotate(String id) {
    return typed(verbs.rotate(id));
  }

  @Override
  public CompletionStage<Boolean> delete(String id) {
    return typed(verbs.delete(id));
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

  @Override
  public EventSubscription events(String group, Consumer<SessionEvent> handler) {
    if (!parts.settings().recordsEvents()) {
      throw new IllegalStateException(
          "this store records no events; open it with SessionSettings.withEvents()");
    }
    if (!GROUP.matcher(group).matches()) {
      throw new IllegalArgumentException(
          "a group is named by 1 to 64 letters, digits, '.', '_' and '-'");
    }
    EventReader reader =
        EventReader.start(
            parts.redis(), parts.keys().events(), group, handler, EventReader.GIVEN_UP);
    readers.removeIf(one -> !one.isOpen());
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
    parts.behind().drain();
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
