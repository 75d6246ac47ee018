// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ZAddArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.session.ScrubReport;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionException.Unreadable;
import io.vedfolnir.session.SessionId;
import io.vedfolnir.session.SessionLife;
import io.vedfolnir.session.SessionSettings;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** What a scrub does with each page of keys or entries, and what it has counted. */
final class ScrubPages {

  private final RedisAccess redis;
  private final SessionSettings settings;
  private final SessionKeys keys;
  private final SessionJson json;
  private final SessionLife life;
  private final NotBefore notBefore;
  private final Map<Unreadable.Reason, Long> unreadable = new EnumMap<>(Unreadable.Reason.class);
  private final Map<OptionalLong, Long> byPlatform = new HashMap<>();
  private long sessions;
  private long entered;
  private long removed;
  private long ended;

  ScrubPages(RedisAccess redis, SessionSettings settings, SessionKeys keys) {
    this.redis = redis;
    this.settings = settings;
    this.keys = keys;
    this.json = new SessionJson(settings.maxDocumentBytes());
    this.life = new SessionLife(settings);
    this.notBefore = new NotBefore(keys);
  }

  void learnMarks() {
    notBefore.learn(RedisAccess.await(redis.read(notBefore::ask)));
  }

  ScrubReport report() {
    return new ScrubReport(
        sessions, entered, removed, ended, Map.copyOf(unreadable), Map.copyOf(byPlatform));
  }

  /** Keys of documents: each session is entered where it is missing. */
  void documents(List<String> found) {
    List<String> ids =
        found.stream().flatMap(key -> keys.idOf(key).stream()).filter(SessionId::isValid).toList();
    List<Optional<Session>> read = read(ids);
    List<Session> live = new ArrayList<>();
    List<Session> over = new ArrayList<>();
    for (Optional<Session> one : read) {
      one.filter(session -> !life.isSuperseded(session))
          .ifPresent(session -> (notBefore.ends(session, life) ? over : live).add(session));
    }
    end(over);
    live.forEach(session -> byPlatform.merge(session.platformConnectionId(), 1L, Long::sum));
    sessions += live.size();
    enter(live);
  }

  private void end(List<Session> over) {
    if (!over.isEmpty()) {
      String[] gone =
          over.stream().map(session -> keys.session(session.id())).toArray(String[]::new);
      ended += RedisAccess.await(redis.call(commands -> commands.del(gone)));
    }
  }

  private void enter(List<Session> live) {
    if (live.isEmpty()) {
      return;
    }
    List<Long> ttls =
        RedisAccess.await(
            redis.readTogether(
                commands ->
                    all(
                        live.stream()
                            .map(session -> commands.pttl(keys.session(session.id())))
                            .toList())));
    Instant now = redis.clock().instant();
    List<Long> added =
        RedisAccess.await(
            redis.together(
                commands -> {
                  List<RedisFuture<Long>> asked = new ArrayList<>();
                  for (int i = 0; i < live.size(); i++) {
                    long ttl = ttls.get(i);
                    if (ttl != -2) {
                      long left = ttl < 0 ? settings.idleTimeout().toMillis() : ttl;
                      asked.addAll(enter(commands, live.get(i), now.plusMillis(left)));
                    }
                  }
                  return all(asked);
                }));
    // The entry of the user comes after that of the deadline; a session may lack either.
    entered += added.stream().mapToLong(Long::longValue).sum();
  }

  private List<RedisFuture<Long>> enter(
      RedisAsyncCommands<String, byte[]> commands, Session session, Instant expiry) {
    Deadline deadline = Deadline.of(session);
    ZAddArgs absent = ZAddArgs.Builder.nx();
    double score = expiry.toEpochMilli();
    List<RedisFuture<Long>> asked = new ArrayList<>();
    asked.add(commands.zadd(keys.deadlines(), absent, score, deadline.member()));
    deadline
        .user()
        .ifPresent(
            user ->
                asked.add(commands.zadd(keys.user(user), absent, score, deadline.userMember())));
    return asked;
  }

  /** Entries of the deadlines: those without a session of that user go. */
  void deadlines(List<byte[]> members) {
    List<byte[]> gone =
        new ArrayList<>(members.stream().filter(one -> !Deadline.of(one).isValid()).toList());
    List<Deadline> entries = members.stream().map(Deadline::of).filter(Deadline::isValid).toList();
    List<KeyValue<String, byte[]>> documents =
        documentsOf(entries.stream().map(Deadline::id).toList());
    for (int i = 0; i < entries.size(); i++) {
      if (!belongs(entries.get(i), documents.get(i))) {
        gone.add(entries.get(i).member());
      }
    }
    remove(keys.deadlines(), gone.toArray(byte[][]::new));
  }

  /** One that cannot be read keeps its entry, so that its user can still end it. */
  private boolean belongs(Deadline entry, KeyValue<String, byte[]> document) {
    if (document.isEmpty()) {
      return false;
    }
    try {
      Session session = json.read(entry.id(), document.getValue());
      return session.userId().equals(entry.user()) && !life.isSuperseded(session);
    } catch (Unreadable e) {
      return true;
    }
  }

  /** Entries of one user: those that have no deadline go. */
  void user(String userKey, List<byte[]> members) {
    OptionalLong user = keys.userOf(userKey);
    byte[][] deadlines =
        members.stream()
            .map(
                member ->
                    new Deadline(new String(member, StandardCharsets.US_ASCII), user).member())
            .toArray(byte[][]::new);
    List<Double> scores =
        RedisAccess.await(redis.read(commands -> commands.zmscore(keys.deadlines(), deadlines)));
    List<byte[]> gone = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      if (scores.get(i) == null) {
        gone.add(members.get(i));
      }
    }
    remove(userKey, gone.toArray(byte[][]::new));
  }

  private void remove(String index, byte[][] members) {
    if (members.length > 0) {
      removed += RedisAccess.await(redis.call(commands -> commands.zrem(index, members)));
    }
  }

  private List<Optional<Session>> read(List<String> ids) {
    List<KeyValue<String, byte[]>> documents = documentsOf(ids);
    List<Optional<Session>> read = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      read.add(read(ids.get(i), documents.get(i)));
    }
    return read;
  }

  private Optional<Session> read(String id, KeyValue<String, byte[]> document) {
    try {
      if (document.isEmpty()) {
        return absent(id);
      }
      return Optional.of(json.read(id, document.getValue()));
    } catch (Unreadable e) {
      unreadable.merge(e.reason(), 1L, Long::sum);
      return Optional.empty();
    }
  }

  /** MGET shows a key of another type as it shows none. */
  private Optional<Session> absent(String id) {
    if (RedisAccess.await(redis.read(commands -> commands.exists(keys.session(id)))) > 0) {
      throw new Unreadable(Unreadable.Reason.FOREIGN_TYPE);
    }
    return Optional.empty();
  }

  private List<KeyValue<String, byte[]>> documentsOf(List<String> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    String[] wanted = ids.stream().map(keys::session).toArray(String[]::new);
    return RedisAccess.await(redis.read(commands -> commands.mget(wanted)));
  }

  private static CompletableFuture<List<Long>> all(List<RedisFuture<Long>> asked) {
    List<CompletableFuture<Long>> futures =
        asked.stream().map(RedisFuture::toCompletableFuture).toList();
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
  }
}
