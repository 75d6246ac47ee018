// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.XAddArgs;
import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionException;
import io.vedfolnir.session.SessionId;
import io.vedfolnir.session.SessionStore;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is done to all sessions of a user, whoever has written them. */
class UserSessionsTest {

  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

  private static final AttributeKey<String> THEME = AttributeKey.text("theme");
  private static final String FROM_PYTHON = "flask-wrote-this-session-0001";

  private Sessions sessions;
  private SessionStore store;

  /** Another process: it knows of marks and sessions only what Redis tells. */
  private SessionStore elsewhere;

  @BeforeEach
  void open(RedisEndpoint endpoint, KeyPrefix prefix) {
    sessions = Sessions.open(endpoint, prefix);
    store = sessions.store;
    elsewhere = RedisSessionStore.open(sessions.access, sessions.settings);
  }

  @AfterEach
  void close() {
    elsewhere.close();
    sessions.close();
  }

  @Test
  void theSessionsOfAUserAreFound() {
    Session one = login(7);
    Session two = login(7);
    login(8);

    assertThat(store.findByUser(7)).containsExactlyInAnyOrder(one, two);
    assertThat(elsewhere.findByUser(7)).containsExactlyInAnyOrder(one, two);
    assertThat(store.findByUser(9)).isEmpty();
  }

  @Test
  void aSessionOfPythonIsFoundOnceItWasSeen() {
    putFromPython(7, "2026-01-01T00:00:00");
    store.find(FROM_PYTHON); // its absolute lifetime is over
    assertThat(store.findByUser(7)).isEmpty();

    putFromPython(7, now());
    store.touch(FROM_PYTHON);
    sessions.settle();
    assertThat(elsewhere.findByUser(7)).extracting(Session::id).containsExactly(FROM_PYTHON);
  }

  @Test
  void whatIsGoneLeavesTheIndexAndWhatIsUnreadableStays() {
    Session kept = login(7);
    Session gone = login(7);
    Session broken = login(7);
    sessions.redis().del(sessions.key(gone.id()));
    sessions.put(broken.id(), "{");

    assertThat(store.findByUser(7)).containsExactly(kept);
    sessions.settle();
    assertThat(sessions.redis().zrange(sessions.userKey(7), 0, -1))
        .containsExactlyInAnyOrder(kept.id(), broken.id());
    assertThat(store.deleteByUser(7)).isEqualTo(2);
    assertThat(sessions.redis().exists(sessions.key(broken.id()))).isZero();
  }

  @Test
  void logOutEverywhereEndsEverySessionOfTheUserAndNoOther() {
    Session one = login(7);
    Session two = login(7);
    Session other = login(8);

    assertThat(store.deleteByUser(7)).isEqualTo(2);

    assertThat(elsewhere.find(one.id())).isEmpty();
    assertThat(elsewhere.find(two.id())).isEmpty();
    assertThat(elsewhere.find(other.id())).contains(other);
    assertThat(sessions.redis().exists(sessions.userKey(7))).isZero();
    assertThat(sessions.redis().zrange(sessions.deadlinesKey(), 0, -1))
        .containsExactly(other.id() + ":8");
  }

  @Test
  void logOutEverywhereEndsWhatNoIndexKnows() {
    putFromPython(7, now());
    assertThat(store.deleteByUser(7)).isZero();

    assertThat(sessions.redis().exists(sessions.key(FROM_PYTHON))).isOne();
    for (SessionStore any : List.of(store, elsewhere)) {
      assertThat(any.find(FROM_PYTHON)).isEmpty();
      assertThat(any.touch(FROM_PYTHON)).isEmpty();
      assertThat(any.update(FROM_PYTHON, session -> session.with(THEME, "dark"))).isEmpty();
      assertThat(any.rotate(FROM_PYTHON)).isEmpty();
      assertThat(any.findByUser(7)).isEmpty();
    }
    assertThat(sessions.redis().get(sessions.key(FROM_PYTHON))).doesNotContain("dark");
  }

  /** The naive twin: whoever goes by the index alone leaves Python's session to live on. */
  @Test
  void theNaiveLogOutMissesWhatNoIndexKnows() {
    putFromPython(7, now());
    for (String id : sessions.redis().zrange(sessions.userKey(7), 0, -1)) {
      sessions.redis().del(sessions.key(id));
    }
    assertThat(store.find(FROM_PYTHON)).isPresent();
  }

  @Test
  void aSessionWithoutATimeOfLoginIsEndedToo() {
    sessions.put(FROM_PYTHON, "{\"user_id\": \"7\"}");
    assertThat(store.find(FROM_PYTHON)).isPresent();
    elsewhere.deleteByUser(7);
    assertThat(store.find(FROM_PYTHON)).isEmpty();
  }

  @Test
  void aLoginAfterwardsCounts() {
    for (int i = 0; i < 100; i++) {
      store.deleteByUser(7);
      Session here = login(7);
      Session there = elsewhere.create(Login.of(7, "ada"));
      assertThat(elsewhere.find(here.id())).contains(here);
      assertThat(store.find(there.id())).contains(there);
    }
  }

  /** A mark that by our idea of the clock is set later than the login that follows it. */
  @Test
  void aLoginAfterwardsCountsAlsoWhenTheClocksDiffer() {
    long ahead = sessions.access.clock().instant().plusSeconds(5).toEpochMilli();
    sessions
        .redis()
        .xadd(
            sessions.settings.indexPrefix() + "not-before",
            new XAddArgs().id(ahead + "-0"),
            Map.of("user", "7"));

    Session first = login(7); // learns of the mark by this
    Session second = login(7);
    for (Session session : List.of(first, second)) {
      assertThat(elsewhere.find(session.id())).contains(session);
      Session renewed = store.rotate(session.id()).orElseThrow();
      assertThat(elsewhere.find(renewed.id())).contains(renewed);
    }
  }

  @Test
  void whoIsLoggedOutWhileHeChangesStaysLoggedOut() {
    putFromPython(7, now());
    AtomicBoolean first = new AtomicBoolean(true);
    assertThat(
            store.update(
                FROM_PYTHON,
                session -> {
                  if (first.getAndSet(false)) {
                    elsewhere.deleteByUser(7);
                  }
                  return session.with(THEME, "dark");
                }))
        .isEmpty();
    assertThat(sessions.redis().get(sessions.key(FROM_PYTHON))).doesNotContain("dark");
  }

  @Test
  void logOutEverywhereElseKeepsTheOne() {
    putFromPython(7, now());
    Session kept = login(7);
    Session other = login(7);

    assertThat(store.deleteByUserExcept(7, kept.id())).isEqualTo(1);

    assertThat(elsewhere.find(FROM_PYTHON)).isEmpty();
    assertThat(elsewhere.find(other.id())).isEmpty();
    assertThat(elsewhere.find(kept.id())).isPresent();
    assertThat(elsewhere.findByUser(7)).extracting(Session::id).containsExactly(kept.id());
    Session renewed = elsewhere.rotate(kept.id()).orElseThrow();
    assertThat(store.find(renewed.id())).contains(renewed);
    assertThat(renewed.createdAt()).isEqualTo(kept.createdAt());

    assertThat(store.deleteByUser(7)).isEqualTo(1);
    assertThat(store.find(renewed.id())).isEmpty();
  }

  @Test
  void whatCountsNoMoreIsNotBroughtBackByBeingKept() {
    putFromPython(7, now());
    store.deleteByUser(7);
    assertThat(elsewhere.deleteByUserExcept(7, FROM_PYTHON)).isZero();
    assertThat(store.find(FROM_PYTHON)).isEmpty();
  }

  @Test
  void whatWasKeptIsEndedByTheNext() {
    String created = now();
    putFromPython(7, created); // in no index
    store.deleteByUserExcept(7, FROM_PYTHON);
    assertThat(elsewhere.deleteByUser(7)).isEqualTo(1);
    assertThat(store.find(FROM_PYTHON)).isEmpty();
  }

  @Test
  void theOneToKeepMustBeTheUsers() {
    Session own = login(7);
    Session other = login(8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.deleteByUserExcept(7, other.id()))
        .withMessageContaining("another user");
    assertThat(store.find(own.id())).isPresent();

    sessions.put(other.id(), "[]");
    assertThatThrownBy(() -> store.deleteByUserExcept(7, other.id()))
        .isInstanceOf(SessionException.Unreadable.class);
    assertThat(store.find(own.id())).isPresent();

    assertThat(store.deleteByUserExcept(7, SessionId.random())).isEqualTo(1);
    assertThat(store.find(own.id())).isEmpty();
  }

  @Test
  void loginsThatRaceALogOutAreEndedOrFound() {
    for (int i = 0; i < 100; i++) {
      Session before = login(7);
      Set<Session> racing = ConcurrentHashMap.newKeySet();
      CompletableFuture.allOf(
              Stream.of(store, elsewhere, store, elsewhere)
                  .map(
                      any ->
                          any.async()
                              .create(Login.of(7, "ada"))
                              .thenAccept(racing::add)
                              .toCompletableFuture())
                  .toArray(CompletableFuture[]::new))
          .thenCombine(
              elsewhere.async().deleteByUser(7).toCompletableFuture(), (logins, ended) -> ended)
          .join();

      assertThat(store.find(before.id())).isEmpty();
      List<Session> left = racing.stream().filter(s -> store.find(s.id()).isPresent()).toList();
      assertThat(elsewhere.findByUser(7)).containsExactlyInAnyOrderElementsOf(left);
      store.deleteByUser(7);
      assertThat(racing).allMatch(session -> store.find(session.id()).isEmpty());
    }
  }

  @Test
  void aPlatformIsSwitchedAtOnceAndNothingElseIsLost() {
    Session before = store.create(Login.of(7, "ada").withPlatform(1, "One").with(THEME, "dark"));
    Session after = store.switchPlatform(before.id(), 2, "Two").orElseThrow();

    assertThat(after.platformConnectionId()).hasValue(2);
    assertThat(after.platformName()).contains("Two");
    assertThat(after.find(THEME)).contains("dark");
    assertThat(store.find(before.id())).contains(after);
    assertThat(store.switchPlatform(SessionId.random(), 2, "Two")).isEmpty();
  }

  private Session login(long user) {
    return store.create(Login.of(user, "ada"));
  }

  private void putFromPython(long user, String createdAt) {
    sessions.put(
        FROM_PYTHON,
        "{\"user_id\": \"%d\", \"username\": \"ada\", \"created_at\": \"%s\"}"
            .formatted(user, createdAt));
  }

  private String now() {
    return Instant.ofEpochMilli(sessions.access.clock().instant().toEpochMilli()).toString();
  }
}
