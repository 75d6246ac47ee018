// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionException;
import io.vedfolnir.session.SessionId;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.session.SessionStore;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SessionStoreTest {

  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

  private static final AttributeKey<String> THEME = AttributeKey.text("theme");
  private static final String ABSENT = "no-such-session-0";

  record Cart(List<String> items, int total) {}

  private static final JsonAttribute<Cart> CART = JsonAttribute.of("cart", Cart.class);

  private Sessions sessions;
  private SessionStore store;

  @BeforeEach
  void open(RedisEndpoint endpoint, KeyPrefix prefix) {
    sessions = Sessions.open(endpoint, prefix);
    store = sessions.store;
  }

  @AfterEach
  void close() {
    sessions.close();
  }

  @Test
  void sharesASession(RedisEndpoint endpoint) {
    String uri = endpoint.uri(Role.SESSION);

    try (RedisAccess redis = RedisAccess.open(RedisSettings.of(uri));
        SessionStore sessions = RedisSessionStore.open(redis, SessionSettings.defaults())) {

      Session session =
          sessions.create(Login.of(1, "admin").withRole("admin").withPlatform(123, "My Platform"));
      String cookie = session.id();

      sessions.touch(cookie); // find and prolong, one round trip
      sessions.update(cookie, s -> s.with(THEME, "dark")); // never lost, never revived
      Session renewed = sessions.rotate(cookie).orElseThrow(); // when a user gains rights
      assertThat(renewed.find(THEME)).contains("dark");

      assertThat(sessions.find(cookie)).isEmpty();
      assertThat(sessions.delete(renewed.id())).isTrue();
    }
  }

  @Test
  void createWritesThePublishedDocument() {
    Session session =
        store.create(
            Login.of(7, "Ada \"é\"")
                .withRole("admin")
                .withPlatform(123, "My Platform")
                .with(THEME, "dark"));

    assertThat(sessions.redis().get(sessions.key(session.id())))
        .matches(
            "\\{\"user_id\":7,\"username\":\"Ada \\\\\"\\\\u00e9\\\\\"\",\"role\":\"admin\","
                + "\"platform_connection_id\":123,\"platform_name\":\"My Platform\","
                + "\"csrf_token\":\"[A-Za-z0-9_-]{43}\","
                + "\"created_at\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z\","
                + "\"last_activity\":\"[^\"]{27}\",\"theme\":\"dark\"}");
    assertThat(sessions.ttl(session.id()).toMillis()).isBetween(7_190_000L, 7_200_000L);
    assertThat(store.find(session.id())).contains(session);
  }

  @Test
  void createOmitsWhatTheLoginDoesNotName() {
    assertThat(store.create(Login.of(7, "ada")).fields())
        .containsOnlyKeys("user_id", "username", "csrf_token", "created_at", "last_activity");
  }

  @Test
  void createRefusesAnAttributeThatIsNotJson() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> store.create(Login.of(7, "ada").with(AttributeKey.json("a"), "1,\"b\":2")));
  }

  @Test
  void indexesHaveNoTtlAndNoNameThatPythonScans() {
    Session session = store.create(Login.of(7, "ada"));
    Map<String, String> members =
        Map.of(sessions.userKey(7), session.id(), sessions.deadlinesKey(), session.id() + ":7");

    for (String index : members.keySet()) {
      String member = members.get(index);
      assertThat(index).doesNotStartWith("vedfolnir:session:");
      assertThat(sessions.redis().pttl(index)).isEqualTo(-1);
      assertThat(sessions.redis().zrange(index, 0, -1)).containsExactly(member);
      Instant expiry = Instant.ofEpochMilli(sessions.redis().zscore(index, member).longValue());
      assertThat(expiry)
          .isCloseTo(
              sessions.access.clock().instant().plusSeconds(7_200), within(5, ChronoUnit.SECONDS));
    }
  }

  @Test
  void findAndTouchAndUpdateAndRotateFindNothingUnderAnUnknownId() {
    assertThat(store.find(ABSENT)).isEmpty();
    assertThat(store.touch(ABSENT)).isEmpty();
    assertThat(store.update(ABSENT, session -> session.with(THEME, "x"))).isEmpty();
    assertThat(store.rotate(ABSENT)).isEmpty();
    assertThat(store.delete(ABSENT)).isFalse();
    assertThat(sessions.redis().exists(sessions.key(ABSENT))).isZero();
  }

  @Test
  void malformedIdsAreRefusedAtOnceWithoutBeingRepeated() {
    String id = "secret-but-wrong*id";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.async().find(id))
        .withMessageNotContaining(id);
  }

  @Test
  void updateStampsTheActivityAndKeepsTheRestAsItWas() {
    Session before = store.create(Login.of(7, "ada"));
    Session after = store.update(before.id(), s -> s.with(THEME, "dark")).orElseThrow();

    assertThat(store.find(before.id())).contains(after);
    assertThat(after.lastActivity().orElseThrow()).isAfter(before.lastActivity().orElseThrow());
    assertThat(after.createdAt()).isEqualTo(before.createdAt());
    assertThat(after.csrfToken()).isEqualTo(before.csrfToken());
  }

  @Test
  void updateRunsAgainWhenAnotherWriterWins() {
    String id = store.create(Login.of(7, "ada")).id();
    AtomicInteger runs = new AtomicInteger();

    Session after =
        store
            .update(
                id,
                session -> {
                  if (runs.incrementAndGet() == 1) {
                    sessions.put(id, "{\"user_id\": 7, \"by\": \"python\"}");
                  }
                  return session.with(THEME, "dark");
                })
            .orElseThrow();

    assertThat(runs).hasValue(2);
    assertThat(after.find(AttributeKey.text("by"))).contains("python");
    assertThat(after.find(THEME)).contains("dark");
  }

  @Test
  void updateGivesUpAfterItsTriesAndSaysHowMany(RedisEndpoint endpoint, KeyPrefix prefix) {
    SessionSettings three = SessionSettings.defaults().withMaxUpdateTries(3);
    try (Sessions other = Sessions.open(endpoint, prefix, three)) {
      String id = other.store.create(Login.of(7, "ada")).id();
      AtomicInteger runs = new AtomicInteger();

      assertThatThrownBy(
              () ->
                  other.store.update(
                      id,
                      session -> {
                        sessions.put(id, "{\"user_id\":7,\"n\":" + runs.incrementAndGet() + "}");
                        return session.with(THEME, "dark");
                      }))
          .isInstanceOfSatisfying(
              SessionException.Conflict.class, e -> assertThat(e.tries()).isEqualTo(3));
      assertThat(sessions.redis().get(sessions.key(id))).isEqualTo("{\"user_id\":7,\"n\":3}");
    }
  }

  @Test
  void updateDoesNotBringBackWhatWasDeletedMeanwhile() {
    String id = store.create(Login.of(7, "ada")).id();

    Optional<Session> result =
        store.update(
            id,
            session -> {
              store.delete(id);
              return session.with(THEME, "dark");
            });

    assertThat(result).isEmpty();
    assertThat(sessions.redis().exists(sessions.key(id))).isZero();
    assertThat(sessions.redis().zrange(sessions.deadlinesKey(), 0, -1)).isEmpty();
  }

  @Test
  void updateKeepsIdUserAndTimeOfLogin() {
    Session own = store.create(Login.of(7, "ada"));
    Session other = store.create(Login.of(8, "bob"));

    for (Session wrong :
        List.of(
            other, Session.of(own.id(), other.fields()), Session.of(other.id(), own.fields()))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.update(own.id(), session -> wrong));
    }
    assertThat(store.find(own.id())).contains(own);
  }

  @Test
  void whatAChangeThrowsEndsTheUpdate() {
    String id = store.create(Login.of(7, "ada")).id();
    assertThatThrownBy(
            () ->
                store.update(
                    id,
                    session -> {
                      throw new IllegalStateException("mine");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("mine");
    assertThatThrownBy(() -> store.update(id, session -> nothing()))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("must return a session");
    assertThat(store.update(id, session -> session.with(THEME, "dark"))).isPresent();
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }

  @Test
  void rotateMovesEverythingAndRenewsTheCsrfToken() {
    Session before = store.create(Login.of(7, "ada").withRole("admin").with(THEME, "dark"));
    Session after = store.rotate(before.id()).orElseThrow();

    assertThat(after.id()).isNotEqualTo(before.id());
    assertThat(store.find(before.id())).isEmpty();
    assertThat(store.find(after.id())).contains(after);
    assertThat(after.createdAt()).isEqualTo(before.createdAt());
    assertThat(after.role()).contains("admin");
    assertThat(after.find(THEME)).contains("dark");
    assertThat(after.csrfToken().orElseThrow())
        .hasSize(43)
        .isNotEqualTo(before.csrfToken().orElseThrow());
    assertThat(sessions.redis().zrange(sessions.userKey(7), 0, -1)).containsExactly(after.id());
    assertThat(sessions.redis().zrange(sessions.deadlinesKey(), 0, -1))
        .containsExactly(after.id() + ":7");
  }

  @Test
  void rotateTakesTheSessionIdInTheDocumentAlong() {
    sessions.put("python-session-01", "{\"user_id\": 7, \"session_id\": \"python-session-01\"}");
    Session after = store.rotate("python-session-01").orElseThrow();

    assertThat(after.find(AttributeKey.text("session_id"))).contains(after.id());
    assertThat(after.csrfToken()).isEmpty();
  }

  @Test
  void deleteLeavesNothingInRedis() {
    String id = store.create(Login.of(7, "ada")).id();

    assertThat(store.delete(id)).isTrue();
    assertThat(sessions.redis().exists(sessions.key(id), sessions.deadlinesKey())).isZero();
    store.find(id); // behind the removal from the user's index, on the same connection
    assertThat(sessions.redis().exists(sessions.userKey(7))).isZero();
    assertThat(store.delete(id)).isFalse();
  }

  @Test
  void closeWaitsForWhatIsWrittenBehindAReply() {
    for (int i = 0; i < 100; i++) {
      store.delete(store.create(Login.of(7, "ada")).id());
    }
    store.close();
    assertThat(sessions.redis().exists(sessions.userKey(7))).isZero();
  }

  @Test
  void storesRecords() {
    Session session = store.create(Login.of(7, "ada").with(CART, new Cart(List.of("é"), 1)));
    assertThat(session.find(CART)).contains(new Cart(List.of("é"), 1));
    assertThat(session.find(AttributeKey.json("cart")))
        .contains("{\"items\":[\"\\u00E9\"],\"total\":1}");

    Session changed = session.with(AttributeKey.json("cart"), "{\"total\":\"many\"}");
    assertThatThrownBy(() -> changed.find(CART))
        .isInstanceOf(SessionException.Unreadable.class)
        .hasMessageNotContaining("many")
        .hasNoCause();
  }

  @Test
  void theAsynchronousStoreFailsItsStages() {
    sessions.redis().hset(sessions.key(ABSENT), "user_id", "7");
    assertThatThrownBy(() -> store.async().find(ABSENT).toCompletableFuture().join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(SessionException.Unreadable.class);
  }

  @Test
  void aNewIdHas256RandomBits() {
    assertThat(store.create(Login.of(7, "ada")).id())
        .hasSize(43)
        .satisfies(id -> assertThat(SessionId.isValid(id)).isTrue())
        .isNotEqualTo(store.create(Login.of(7, "ada")).id());
  }
}
