// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.KeyScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.SetArgs;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.ScrubReport;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionException.Unreadable.Reason;
import io.vedfolnir.session.SessionId;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** After whatever has happened to documents and indexes, one scrub makes them agree. */
class SessionScrubTest {

  @RegisterExtension
  static final RedisExtension redis =
      RedisExtension.hardened().withOwnServer().withOverride("maxmemory", "16mb");

  private static final int EVENTS = Integer.getInteger("vedfolnir.session.scrub", 3_000);
  private static final long SEED = Long.getLong("vedfolnir.session.seed", 20_261_124L);

  private final Random random = new Random(SEED);
  private final SessionJson reader = new SessionJson(1 << 20);
  private Sessions sessions;
  private RedisAccess ops;

  @BeforeEach
  void open(RedisEndpoint endpoint, KeyPrefix prefix) {
    sessions = Sessions.open(endpoint, prefix);
    ops = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.OPS)));
  }

  @AfterEach
  void close() {
    ops.close();
    sessions.close();
  }

  @Test
  void afterAnythingOneScrubLeavesNoOrphanAndNothingMissing() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      happen(ids);
    }
    assertThat(differences()).as("seed " + SEED).isNotEmpty(); // otherwise there is nothing to see

    ScrubReport report = scrub();

    assertThat(differences()).as("seed " + SEED).isEmpty();
    assertThat(report.entered()).isPositive();
    assertThat(report.removed()).isPositive();
    ScrubReport again = scrub();
    assertThat(again.entered() + again.removed() + again.ended()).isZero();
    assertThat(again.sessions()).isEqualTo(documents().size());
    for (String index : indexes()) {
      assertThat(index).doesNotStartWith("vedfolnir:session:");
      assertThat(sessions.redis().pttl(index)).isEqualTo(-1);
    }
  }

  @Test
  void whatCannotBeReadIsCountedByReasonAndLeftAlone() {
    sessions.put("broken-0123456789", "{");
    sessions.put("broken-0123456780", "[]");
    sessions.put("toodeep-0123456789", "[".repeat(10_000));
    sessions.put("toolong-0123456789", "\"" + "x".repeat(1 << 20) + "\"");
    sessions.redis().hset(sessions.key("foreign-0123456789"), "user_id", "7");
    Session readable = sessions.store.create(Login.of(7, "ada").withPlatform(12, "Twelve"));

    ScrubReport report = scrub();

    assertThat(report.unreadable())
        .isEqualTo(
            Map.of(
                Reason.NOT_JSON, 1L,
                Reason.NOT_AN_OBJECT, 1L,
                Reason.TOO_DEEP, 1L,
                Reason.TOO_LARGE, 1L,
                Reason.FOREIGN_TYPE, 1L));
    assertThat(report.sessions()).isEqualTo(1);
    assertThat(report.byPlatform()).isEqualTo(Map.of(java.util.OptionalLong.of(12), 1L));
    assertThat(sessions.redis().exists(sessions.key("foreign-0123456789"))).isOne();
    assertThat(sessions.store.findByUser(7)).containsExactly(readable);
  }

  @Test
  void whatLogOutEverywhereHasEndedIsRemoved() {
    sessions.put("python-0123456789", "{\"user_id\": 7, \"created_at\": \"2026-01-01T00:00:00\"}");
    sessions.store.deleteByUser(7);
    assertThat(sessions.redis().exists(sessions.key("python-0123456789"))).isOne();

    assertThat(scrub().ended()).isEqualTo(1);
    assertThat(sessions.redis().exists(sessions.key("python-0123456789"))).isZero();
  }

  @Test
  void anApplicationsUserMayNotScan() {
    assertThatThrownBy(
            () -> RedisSessionScrub.run(sessions.access, sessions.access, sessions.settings))
        .isInstanceOf(RedisAccessException.Denied.class);
  }

  private ScrubReport scrub() {
    return RedisSessionScrub.run(sessions.access, ops, sessions.settings);
  }

  /** One thing of those that happen to sessions, now and then without the indexes. */
  private void happen(List<String> ids) {
    long user = random.nextLong(1, 50);
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> ids.add(sessions.store.create(Login.of(user, "ada")).id());
      case 4, 5 -> {
        String id = "python-" + random.nextInt(EVENTS) + "-0123456789";
        sessions.put(
            id,
            "{\"user_id\": \"%d\", \"created_at\": \"%s\"}"
                .formatted(user, Instant.ofEpochMilli(System.currentTimeMillis())));
        ids.add(id);
      }
      case 6 -> any(ids).ifPresent(id -> sessions.redis().del(sessions.key(id)));
      case 7 ->
          any(ids)
              .ifPresent(id -> sessions.redis().pexpire(sessions.key(id), Duration.ofMillis(1)));
      case 8 -> // a process that dies between two writes, or an index from an old backup
          sessions.redis().zadd(sessions.userKey(user), 1, SessionId.random());
      default -> // others fill the memory
          sessions
              .redis()
              .set("filler:" + random.nextInt(), "x".repeat(50_000), SetArgs.Builder.ex(7_200));
    }
  }

  private java.util.Optional<String> any(List<String> ids) {
    return ids.isEmpty()
        ? java.util.Optional.empty()
        : java.util.Optional.of(ids.get(random.nextInt(ids.size())));
  }

  /** Entries that are too many or missing, as words. */
  private Set<String> differences() {
    Set<String> wanted = new TreeSet<>();
    Set<String> present = new TreeSet<>();
    for (String key : documents()) {
      String id = key.substring(sessions.settings.keyPrefix().length());
      String document = sessions.redis().get(key); // not by the store, which would enter it
      if (document != null) {
        long user = reader.read(id, document.getBytes(UTF_8)).userId().orElseThrow();
        wanted.add("deadline " + id + ":" + user);
        wanted.add("user " + user + " " + id);
      }
    }
    for (String index : indexes()) {
      for (String member : sessions.redis().zrange(index, 0, -1)) {
        present.add(
            index.equals(sessions.deadlinesKey())
                ? "deadline " + member
                : "user " + index.substring(sessions.userKey(0).length() - 1) + " " + member);
      }
    }
    Set<String> differences = new TreeSet<>(wanted);
    differences.removeAll(present);
    present.removeAll(wanted);
    differences.addAll(present);
    return differences;
  }

  private Set<String> documents() {
    return scan(sessions.settings.keyPrefix() + "*");
  }

  private Set<String> indexes() {
    Set<String> found = scan(sessions.settings.indexPrefix() + "user:*");
    found.add(sessions.deadlinesKey());
    return found;
  }

  private Set<String> scan(String glob) {
    Set<String> found = new TreeSet<>();
    ScanIterator.scan(sessions.redis(), KeyScanArgs.Builder.matches(glob).limit(1_000))
        .forEachRemaining(found::add);
    return found;
  }
}
