// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SessionLifetimeTest {

  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

  private static final String ID = "0123456789abcdef";
  private static final AttributeKey<String> THEME = AttributeKey.text("theme");
  private static final Duration IDLE = Duration.ofHours(2);

  @Test
  void findNeverProlongs(RedisEndpoint endpoint, KeyPrefix prefix) {
    try (Sessions sessions = Sessions.open(endpoint, prefix)) {
      String id = sessions.store.create(Login.of(1, "ada")).id();
      sessions.redis().pexpire(sessions.key(id), Duration.ofMinutes(10));

      assertThat(sessions.store.find(id)).isPresent();
      assertThat(sessions.ttl(id)).isLessThanOrEqualTo(Duration.ofMinutes(10));
    }
  }

  @Test
  void touchProlongsAnOldTtlAndLeavesAYoungOne(RedisEndpoint endpoint, KeyPrefix prefix) {
    try (Sessions sessions = Sessions.open(endpoint, prefix)) {
      String id = sessions.store.create(Login.of(1, "ada")).id();

      sessions.redis().pexpire(sessions.key(id), IDLE.minusSeconds(30));
      sessions.store.touch(id);
      sessions.settle();
      assertThat(sessions.ttl(id)).isLessThanOrEqualTo(IDLE.minusSeconds(30));

      sessions.redis().pexpire(sessions.key(id), IDLE.minusSeconds(61));
      sessions.store.touch(id);
      sessions.settle();
      assertThat(sessions.ttl(id)).isGreaterThan(IDLE.minusSeconds(30));
    }
  }

  @Test
  void touchGivesAKeyWithoutTtlOne(RedisEndpoint endpoint, KeyPrefix prefix) {
    try (Sessions sessions = Sessions.open(endpoint, prefix)) {
      sessions.redis().set(sessions.key(ID), "{\"user_id\":1}");
      sessions.store.touch(ID);
      sessions.settle();
      assertThat(sessions.ttl(ID)).isBetween(IDLE.minusSeconds(10), IDLE);
    }
  }

  @Test
  void aShortIdleTimeoutIsProlongedAtItsHalf(RedisEndpoint endpoint, KeyPrefix prefix) {
    SessionSettings brief = SessionSettings.defaults().withIdleTimeout(Duration.ofSeconds(40));
    try (Sessions sessions = Sessions.open(endpoint, prefix, brief)) {
      String id = sessions.store.create(Login.of(1, "ada")).id();
      sessions.redis().pexpire(sessions.key(id), Duration.ofSeconds(19));

      sessions.store.touch(id);
      sessions.settle();
      assertThat(sessions.ttl(id)).isGreaterThan(Duration.ofSeconds(30));
    }
  }

  @Test
  void theTtlNeverReachesBeyondTheAbsoluteLifetime(RedisEndpoint endpoint, KeyPrefix prefix) {
    try (Sessions sessions = Sessions.open(endpoint, prefix)) {
      sessions.put(ID, loggedInAgo(sessions, Duration.ofHours(23)));

      sessions.store.touch(ID);
      sessions.settle();
      assertThat(sessions.ttl(ID)).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));

      sessions.store.update(ID, session -> session.with(THEME, "dark"));
      assertThat(sessions.ttl(ID)).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));

      String renewed = sessions.store.rotate(ID).orElseThrow().id();
      assertThat(sessions.ttl(renewed)).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
    }
  }

  @Test
  void nothingServesASessionAfterItsAbsoluteLifetime(RedisEndpoint endpoint, KeyPrefix prefix) {
    try (Sessions sessions = Sessions.open(endpoint, prefix)) {
      String document = loggedInAgo(sessions, Duration.ofHours(24));
      sessions.put(ID, document);

      assertThat(sessions.store.find(ID)).isEmpty();
      assertThat(sessions.store.touch(ID)).isEmpty();
      assertThat(sessions.store.update(ID, session -> session.with(THEME, "dark"))).isEmpty();
      assertThat(sessions.store.rotate(ID)).isEmpty();
      assertThat(sessions.redis().get(sessions.key(ID))).isEqualTo(document);
      assertThat(sessions.store.delete(ID)).isTrue();
    }
  }

  @Test
  void theAbsoluteLifetimeCanBeTurnedOff(RedisEndpoint endpoint, KeyPrefix prefix) {
    SessionSettings settings = SessionSettings.defaults().withoutAbsoluteLifetime();
    try (Sessions sessions = Sessions.open(endpoint, prefix, settings)) {
      sessions.put(ID, loggedInAgo(sessions, Duration.ofDays(400)));
      assertThat(sessions.store.touch(ID)).isPresent();
    }
  }

  @Test
  void anExpiredSessionIsGone(RedisEndpoint endpoint, KeyPrefix prefix) {
    try (Sessions sessions = Sessions.open(endpoint, prefix)) {
      String id = sessions.store.create(Login.of(1, "ada")).id();
      sessions.redis().pexpire(sessions.key(id), 1);

      await().until(() -> sessions.store.find(id).isEmpty());
      assertThat(sessions.store.update(id, session -> session.with(THEME, "dark"))).isEmpty();
      assertThat(sessions.redis().exists(sessions.key(id))).isZero();
    }
  }

  /** By the server's clock: that of this machine has no say. */
  private static String loggedInAgo(Sessions sessions, Duration age) {
    long seconds = Long.parseLong(sessions.redis().time().get(0));
    return "{\"user_id\": 1, \"created_at\": " + (seconds - age.toSeconds()) + ".0}";
  }

  @Test
  void theOldIdOfARotatedSessionCanBeReadForItsGraceAndNothingElse(
      RedisEndpoint endpoint, KeyPrefix prefix) {
    SessionSettings graceful = SessionSettings.defaults().withRotationGrace(Duration.ofSeconds(10));
    try (Sessions sessions = Sessions.open(endpoint, prefix, graceful)) {
      String old = sessions.store.create(Login.of(1, "ada").with(THEME, "dark")).id();
      String renewed = sessions.store.rotate(old).orElseThrow().id();

      assertThat(sessions.store.find(old).orElseThrow().find(THEME)).contains("dark");
      assertThat(sessions.store.touch(old)).isPresent();
      assertThat(sessions.store.update(old, session -> session.with(THEME, "light"))).isEmpty();
      assertThat(sessions.store.rotate(old)).isEmpty();
      assertThat(sessions.ttl(old)).isBetween(Duration.ZERO, Duration.ofSeconds(10));
      assertThat(sessions.store.findByUser(1)).extracting(s -> s.id()).containsExactly(renewed);
      assertThat(sessions.redis().zrange(sessions.userKey(1), 0, -1)).containsExactly(renewed);

      sessions.store.deleteByUser(1);
      assertThat(sessions.store.find(old)).isEmpty();
      assertThat(sessions.store.find(renewed)).isEmpty();
    }
  }
}
