// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionException.Unreadable;
import io.vedfolnir.session.SessionException.Unreadable.Reason;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sessions that other programs, and earlier ones, have left in Redis. */
class SessionDialectsTest {

  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

  private static final String ID = "c9bf9e57-1685-4c89-bafb-ff5af830be8a";
  private static final AttributeKey<String> THEME = AttributeKey.text("theme");

  private Sessions sessions;

  @BeforeEach
  void open(RedisEndpoint endpoint, KeyPrefix prefix) {
    sessions = Sessions.open(endpoint, prefix);
  }

  @AfterEach
  void close() {
    sessions.close();
  }

  @Test
  void readsAndUpdatesASmallDocument() {
    sessions.put(
        ID,
        ("{\"session_id\": \"c9bf9e57-1685-4c89-bafb-ff5af830be8a\", \"user_id\": 7,"
                + " \"platform_connection_id\": null, \"created_at\": \"NOW\","
                + " \"_last_updated\": \"2025-08-20T16:38:25.123456+00:00\"}")
            .replace("NOW", now().toString()));

    Session session = sessions.store.find(ID).orElseThrow();
    assertThat(session.userId()).hasValue(7);
    assertThat(session.platformConnectionId()).isEmpty();

    Session after = update();
    assertThat(after.fields())
        .containsEntry("platform_connection_id", "null")
        .containsEntry("session_id", session.fields().get("session_id"))
        .containsKey("last_activity");
    assertThat(after.fields().get("_last_updated")).isEqualTo(after.fields().get("last_activity"));
  }

  @Test
  void readsAndUpdatesTheDocumentOfASessionManager() {
    sessions.put(
        ID,
        ("{\"user_id\": 7, \"username\": \"Ad\\u00e9\", \"email\": \"a@example.org\","
                + " \"role\": \"reviewer\", \"platform_connection_id\": 3, \"platform_name\": \"Pix\","
                + " \"platform_type\": \"pixelfed\", \"platform_instance_url\": \"https://p.example\","
                + " \"csrf_token\": \"0d4f\", \"session_fingerprint\": null,"
                + " \"created_at\": \"NOW\", \"last_activity\": \"NOW\", \"ratio\": NaN}")
            .replace("NOW", now().toString()));

    Session session = sessions.store.touch(ID).orElseThrow();
    assertThat(session.username()).contains("Adé");
    assertThat(session.email()).contains("a@example.org");
    assertThat(session.role()).contains("reviewer");
    assertThat(session.platformConnectionId()).hasValue(3);
    assertThat(session.platformName()).contains("Pix");
    assertThat(session.platformType()).contains("pixelfed");
    assertThat(session.platformInstanceUrl()).contains("https://p.example");
    assertThat(session.csrfToken()).contains("0d4f");
    assertThat(session.fingerprint()).isEmpty();

    assertThat(update().fields()).containsEntry("ratio", "NaN");
  }

  @Test
  void readsAndUpdatesTheDocumentOfFlaskItself() {
    String flashes = "[{\" t\": [\"success\", \"Hi \\ud83d\\ude00\"]}]";
    sessions.put(
        ID,
        "{\"_user_id\": \"7\", \"_fresh\": true, \"_id\": \"ab12\", \"_flashes\": "
            + flashes
            + ", \"_created_at\": \"2025-08-20T16:38:25+00:00\","
            + " \"_last_activity\": 1755707905.25}");

    Session session = sessions.store.find(ID).orElseThrow();
    assertThat(session.userId()).hasValue(7);
    assertThat(session.lastActivity()).contains(Instant.parse("2025-08-20T16:38:25.250Z"));
    assertThat(session.find(AttributeKey.flag("_fresh"))).contains(true);

    assertThat(update().fields())
        .containsEntry("_flashes", flashes)
        .containsEntry("_user_id", "\"7\"")
        .containsEntry("_last_activity", "1755707905.25");
    assertThat(sessions.redis().zrange(sessions.userKey(7), 0, -1)).containsExactly(ID);
  }

  @Test
  void anotherTypeUnderTheKeyIsATypedOutcomeOfEveryVerb() {
    sessions.redis().hset(sessions.key(ID), "user_id", "7");
    assertUnreadable(Reason.FOREIGN_TYPE);
    assertThat(sessions.store.delete(ID)).isTrue();

    sessions.redis().lpush(sessions.key(ID), "x");
    assertUnreadable(Reason.FOREIGN_TYPE);
    assertThat(sessions.store.delete(ID)).isTrue();
    assertThat(sessions.redis().exists(sessions.key(ID))).isZero();
  }

  @Test
  void anUnreadableDocumentIsATypedOutcomeOfEveryVerb() {
    assertUnreadable("{\"user_id\": 7", Reason.NOT_JSON);
    assertUnreadable("", Reason.NOT_JSON);
    assertUnreadable("[1]", Reason.NOT_AN_OBJECT);
    assertUnreadable("{\"a\":\"" + "x".repeat(2 << 20) + "\"}", Reason.TOO_LARGE);
    assertUnreadable("{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}", Reason.TOO_DEEP);
  }

  private void assertUnreadable(String document, Reason reason) {
    sessions.put(ID, document);
    assertUnreadable(reason);
    assertThat(sessions.redis().get(sessions.key(ID))).isEqualTo(document);
    assertThat(sessions.store.delete(ID)).isTrue();
  }

  private void assertUnreadable(Reason reason) {
    for (Runnable verb :
        new Runnable[] {
          () -> sessions.store.find(ID),
          () -> sessions.store.touch(ID),
          () -> sessions.store.update(ID, session -> session.with(THEME, "x")),
          () -> sessions.store.rotate(ID)
        }) {
      assertThatThrownBy(verb::run)
          .isInstanceOfSatisfying(Unreadable.class, e -> assertThat(e.reason()).isEqualTo(reason))
          .hasMessageNotContaining(ID);
    }
  }

  private Session update() {
    Session after = sessions.store.update(ID, session -> session.with(THEME, "dark")).orElseThrow();
    assertThat(sessions.store.find(ID)).contains(after);
    return after;
  }

  private Instant now() {
    return sessions.access.clock().instant();
  }
}
