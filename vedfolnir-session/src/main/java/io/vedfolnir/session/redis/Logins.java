// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.lettuce.core.SetArgs;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.WatchedTransaction;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionEvent.Kind;
import io.vedfolnir.session.SessionException;
import io.vedfolnir.session.SessionLife;
import io.vedfolnir.session.SessionLimit;
import io.vedfolnir.session.SessionLimit.WhenFull;
import io.vedfolnir.session.SessionSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Begins sessions, and sees to it that no user has too many. */
final class Logins {

  private final RedisAccess redis;
  private final SessionSettings settings;
  private final SessionKeys keys;
  private final SessionJson json;
  private final SessionLife life;
  private final UserIndex index;
  private final UserVerbs users;
  private final NotBefore notBefore;
  private final Outbox outbox;

  Logins(StoreParts parts, UserVerbs users) {
    this.redis = parts.redis();
    this.settings = parts.settings();
    this.keys = parts.keys();
    this.json = parts.json();
    this.life = parts.life();
    this.index = parts.index();
    this.users = users;
    this.notBefore = parts.notBefore();
    this.outbox = parts.outbox();
  }

  CompletionStage<Session> create(Login login) {
    Beginning beginning = new Beginning(login);
    return settings.sessionLimit().isEmpty()
        ? unlimited(beginning)
        : limited(beginning, settings.sessionLimit().get(), settings.maxUpdateTries());
  }

  /** A session that is about to be stored. */
  private final class Beginning {
    private final Instant now;
    private final Session session;
    private final byte[] document;
    private final Duration ttl;

    private Beginning(Login login) {
      now = notBefore.after(login.userId(), redis.clock().instant());
      session = life.begin(login, now);
      document = json.write(session, Map.of());
      ttl = life.timeLeft(session, now).orElseThrow();
    }

    private long user() {
      return session.userId().orElseThrow();
    }

    /** The first command asks for the marks that came before. */
    private void write(RedisAsyncCommands<String, byte[]> commands) {
      notBefore.ask(commands);
      commands.set(keys.session(session.id()), document, SetArgs.Builder.px(ttl));
      index.put(commands, session, now.plus(ttl));
      outbox.add(commands, Kind.CREATED, session);
    }
  }

  private CompletionStage<Session> unlimited(Beginning beginning) {
    return redis
        .transact(beginning::write)
        .thenCompose(
            reply -> {
              reply.orThrow();
              notBefore.learn(reply.<List<StreamMessage<String, byte[]>>>find(0).orElseThrow());
              return afterMark(beginning);
            });
  }

  /**
   * Another process may have ended all sessions of the user just before, at a moment that by our
   * idea of the clock is later than this login. It was before in fact: the session says so.
   */
  private CompletionStage<Session> afterMark(Beginning beginning) {
    Instant counts = notBefore.after(beginning.user(), beginning.now);
    if (counts.equals(beginning.now)) {
      return CompletableFuture.completedFuture(beginning.session);
    }
    Session later = life.renewedAt(beginning.session, counts);
    byte[] document = json.write(later, beginning.session.fields());
    SetArgs present = SetArgs.Builder.xx().keepttl();
    return redis
        .call(commands -> commands.set(keys.session(later.id()), document, present))
        .thenApply(ok -> later);
  }

  /**
   * Whoever logs in at the same moment changes the user's index, and one of the two begins anew.
   */
  private CompletionStage<Session> limited(Beginning beginning, SessionLimit limit, int tries) {
    return redis
        .watched(
            new WatchedTransaction<Long, Optional<Beginning>>(
                List.of(keys.user(beginning.user())),
                commands -> commands.zcard(keys.user(beginning.user())),
                entered ->
                    entered >= limit.most()
                        ? Decision.stop(Optional.empty())
                        : Decision.write(
                            beginning::write,
                            reply -> {
                              reply.orThrow();
                              notBefore.learn(
                                  reply.<List<StreamMessage<String, byte[]>>>find(0).orElseThrow());
                              return Optional.of(beginning);
                            }),
                settings.maxUpdateTries()))
        .thenCompose(
            stored ->
                stored.isPresent()
                    ? afterMark(beginning)
                    : makeRoom(beginning, limit)
                        .thenCompose(
                            room ->
                                tries > 1
                                    ? limited(beginning, limit, tries - 1)
                                    : CompletableFuture.failedFuture(
                                        new SessionException.Conflict(settings.maxUpdateTries()))));
  }

  /** The index may hold sessions that are gone; if it does not, one that is there has to go. */
  private CompletionStage<Void> makeRoom(Beginning beginning, SessionLimit limit) {
    return users
        .roll(beginning.user())
        .thenCompose(
            roll -> {
              if (!roll.gone().isEmpty()) {
                return users.unindex(beginning.user(), roll.gone());
              }
              if (roll.size() < limit.most()) {
                return CompletableFuture.completedFuture(null); // one has ended meanwhile
              }
              return limit.whenFull() == WhenFull.REJECT
                  ? CompletableFuture.failedFuture(new SessionException.TooMany(limit.most()))
                  : users.revoke(beginning.user(), roll.oldest());
            });
  }
}
