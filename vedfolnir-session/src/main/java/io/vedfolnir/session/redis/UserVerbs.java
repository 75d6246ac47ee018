// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.lettuce.core.KeyValue;
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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What is done to all sessions of a user. */
final class UserVerbs {

  private final RedisAccess redis;
  private final SessionSettings settings;
  private final SessionKeys keys;
  private final SessionJson json;
  private final SessionLife life;
  private final UserIndex index;
  private final NotBefore notBefore;
  private final Outbox outbox;

  UserVerbs(StoreParts parts) {
    this.redis = parts.redis();
    this.settings = parts.settings();
    this.keys = parts.keys();
    this.json = parts.json();
    this.life = parts.life();
    this.index = parts.index();
    this.notBefore = parts.notBefore();
    this.outbox = parts.outbox();
  }

  CompletionStage<List<Session>> find(long user) {
    return roll(user)
        .thenApply(
            roll -> {
              index.removeBehind(user, roll.gone());
              return roll.live();
            });
  }

  /** What has become of the sessions in a user's index. */
  CompletionStage<Roll> roll(long user) {
    return redis
        .readTogether(
            commands ->
                commands
                    .zrange(keys.user(user), 0, -1)
                    .thenCombine(
                        notBefore.ask(commands),
                        (members, marks) -> {
                          notBefore.learn(marks);
                          return ids(members);
                        }))
        .thenCompose(
            ids ->
                ids.isEmpty()
                    ? CompletableFuture.completedFuture(Roll.EMPTY)
                    : redis
                        .read(commands -> commands.mget(sessionKeys(ids)))
                        .thenApply(documents -> roll(user, ids, documents)));
  }

  private Roll roll(long user, List<String> ids, List<KeyValue<String, byte[]>> documents) {
    Instant now = redis.clock().instant();
    List<Session> live = new ArrayList<>();
    List<String> gone = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      String id = ids.get(i);
      if (documents.get(i).isEmpty()) {
        gone.add(id);
      } else {
        read(id, documents.get(i).getValue())
            .filter(session -> isOf(session, user) && isLive(session, now))
            .ifPresentOrElse(live::add, () -> others.add(id));
      }
    }
    return new Roll(List.copyOf(live), gone, others);
  }

  /**
   * One that cannot be read is none that can be shown; its entry stays, so that it can be ended.
   */
  private Optional<Session> read(String id, byte[] document) {
    try {
      return Optional.of(json.read(id, document));
    } catch (SessionException.Unreadable e) {
      return Optional.empty();
    }
  }

  private boolean isLive(Session session, Instant now) {
    return life.timeLeft(session, now).isPresent() && !notBefore.ends(session, life);
  }

  /** Takes sessions that are gone out of the index. */
  CompletionStage<Void> unindex(long user, List<String> ids) {
    return redis
        .transact(commands -> index.remove(commands, user, ids))
        .thenAccept(TransactionReply::orThrow);
  }

  /** Ends one session. */
  CompletionStage<Void> revoke(long user, String id) {
    return redis
        .transact(
            commands -> {
              commands.del(keys.session(id));
              index.remove(commands, user, List.of(id));
              revoked(commands, user, id);
            })
        .thenAccept(TransactionReply::orThrow);
  }

  private void revoked(RedisAsyncCommands<String, byte[]> commands, long user, String id) {
    outbox.add(commands, Kind.REVOKED, id, OptionalLong.of(user), Optional.empty());
  }

  private static boolean isOf(Session session, long user) {
    return session.userId().isPresent() && session.userId().getAsLong() == user;
  }

  CompletionStage<Integer> delete(long user) {
    return redis.watched(
        new WatchedTransaction<>(
            List.of(keys.user(user)),
            commands -> commands.zrange(keys.user(user), 0, -1),
            members -> end(user, ids(members), Optional.empty()),
            settings.maxUpdateTries()));
  }

  CompletionStage<Integer> deleteExcept(long user, String keptId) {
    String kept = keys.session(keptId);
    return redis.watched(
        new WatchedTransaction<Found, Integer>(
            List.of(keys.user(user), kept),
            commands ->
                commands
                    .zrange(keys.user(user), 0, -1)
                    .thenCombine(
                        commands.get(kept),
                        (members, document) -> new Found(ids(members), document))
                    .thenCombine(
                        notBefore.ask(commands),
                        (found, marks) -> {
                          notBefore.learn(marks);
                          return found;
                        }),
            found -> {
              // One that counts no more must not be brought back by being kept.
              Instant now = redis.clock().instant();
              Optional<Session> keeping =
                  Optional.ofNullable(found.document)
                      .map(document -> own(user, json.read(keptId, document)))
                      .filter(session -> isLive(session, now) && !life.isSuperseded(session));
              List<String> others = new ArrayList<>(found.ids);
              others.remove(keptId);
              return end(user, others, keeping);
            },
            settings.maxUpdateTries()));
  }

  private static Session own(long user, Session session) {
    if (!isOf(session, user)) {
      throw new IllegalArgumentException(
          "the session to keep belongs to another user; give one of this user's");
    }
    return session;
  }

  private Decision<Integer> end(long user, List<String> ids, Optional<Session> kept) {
    return Decision.write(
        commands -> {
          notBefore.mark(commands, user);
          if (!ids.isEmpty()) {
            commands.del(sessionKeys(ids));
            index.remove(commands, user, ids);
            ids.forEach(id -> revoked(commands, user, id));
          }
          kept.ifPresent(
              session -> {
                // Later than the mark of this very transaction, whose time Redis gives: our idea of
                // its clock is wrong by half a round trip at most, and that by half the timeout.
                Session renewed =
                    life.renewedAt(
                        session, redis.clock().instant().plus(redis.settings().commandTimeout()));
                byte[] document = json.write(renewed, session.fields());
                commands.set(keys.session(session.id()), document, SetArgs.Builder.xx().keepttl());
                // Until that moment the next mark does not end it, but the index does.
                Instant now = redis.clock().instant();
                life.timeLeft(renewed, now)
                    .ifPresent(left -> index.enter(commands, renewed, now.plus(left)));
              });
        },
        reply -> ended(reply, ids));
  }

  private static Integer ended(TransactionReply reply, List<String> ids) {
    reply.orThrow();
    return ids.isEmpty() ? 0 : (int) reply.number(1);
  }

  private String[] sessionKeys(List<String> ids) {
    return ids.stream().map(keys::session).toArray(String[]::new);
  }

  private static List<String> ids(List<byte[]> members) {
    return members.stream().map(member -> new String(member, StandardCharsets.US_ASCII)).toList();
  }

  /** What deleteExcept reads. */
  private static final class Found {
    private final List<String> ids;
    private final byte @Nullable [] document;

    Found(List<String> ids, byte @Nullable [] document) {
      this.ids = ids;
      this.document = document;
    }
  }
}
