// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.Consumer;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.vedfolnir.redis.Subscription;
import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.EventSubscription;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionEvent;
import io.vedfolnir.session.SessionEvent.Kind;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.session.SessionStore;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SessionEventsTest {

  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

  private static final AttributeKey<String> THEME = AttributeKey.text("theme");
  private static final Duration SOON = Duration.ofMillis(200);

  private final Queue<SessionEvent> events = new ConcurrentLinkedQueue<>();
  private Sessions sessions;
  private SessionStore store;

  @BeforeEach
  void open(RedisEndpoint endpoint, KeyPrefix prefix) {
    sessions = Sessions.open(endpoint, prefix, SessionSettings.defaults().withEvents());
    store = sessions.store;
  }

  @AfterEach
  void close() {
    sessions.close();
  }

  @Test
  void everyVerbIsTold() {
    store.events("all", events::add);
    Session first = store.create(Login.of(7, "ada"));
    store.update(first.id(), session -> session.with(THEME, "dark"));
    store.update(first.id(), session -> session); // changes nothing
    store.switchPlatform(first.id(), 1, "One");
    Session renewed = store.rotate(first.id()).orElseThrow();
    store.delete(renewed.id());
    Session second = store.create(Login.of(8, "bob"));
    store.deleteByUser(8);

    await().until(() -> events.size() == 7);
    assertThat(events)
        .extracting(SessionEvent::kind)
        .containsExactly(
            Kind.CREATED,
            Kind.UPDATED,
            Kind.PLATFORM_SWITCHED,
            Kind.ROTATED,
            Kind.DELETED,
            Kind.CREATED,
            Kind.REVOKED);
    SessionEvent rotated = List.copyOf(events).get(3);
    assertThat(rotated.sessionId()).isEqualTo(renewed.id());
    assertThat(rotated.previousId()).contains(first.id());
    assertThat(last().sessionId()).isEqualTo(second.id());
    assertThat(last().userId()).hasValue(8);
    assertThat(last().toString()).doesNotContain(second.id());
  }

  @Test
  void anExpiryIsToldOnceAndClearsTheIndexes() {
    store.events("all", events::add);
    SessionStore other = RedisSessionStore.open(sessions.access, sessions.settings);
    try {
      Session session = expiring(7);
      await().until(() -> has(Kind.EXPIRED));
      assertThat(last().sessionId()).isEqualTo(session.id());
      assertThat(last().userId()).hasValue(7);
      assertThat(sessions.redis().exists(sessions.userKey(7), sessions.deadlinesKey())).isZero();

      store.create(Login.of(9, "eve"));
      await().until(() -> last().userId().getAsLong() == 9);
      assertThat(events.stream().filter(event -> event.kind() == Kind.EXPIRED)).hasSize(1);
    } finally {
      other.close();
    }
  }

  /** The naive twin: who listens to Redis' own notifications misses what expires meanwhile. */
  @Test
  void anExpiryIsToldToWhoWasAwayAndTheNaiveListenerMissesIt() {
    Queue<String> naive = new ConcurrentLinkedQueue<>();
    String channel = sessions.access.keyEventChannel("expired");
    Subscription before =
        sessions.access.subscribe(List.of(channel), (from, key) -> naive.add("x"));
    store.events("mailer", events::add).close();
    before.close();

    Session session = expiring(7);
    await().until(() -> sessions.redis().exists(sessions.key(session.id())) == 0);
    await().until(() -> sessions.redis().zcard(sessions.deadlinesKey()) == 0);

    try (Subscription after =
        sessions.access.subscribe(List.of(channel), (from, key) -> naive.add("x"))) {
      store.events("mailer", events::add);
      await().until(() -> has(Kind.EXPIRED));
      assertThat(naive).isEmpty();
    }
  }

  @Test
  void aProlongedSessionIsNotTold() {
    Session session = store.create(Login.of(7, "ada"));
    for (String index : List.of(sessions.userKey(7), sessions.deadlinesKey())) {
      String member = sessions.redis().zrange(index, 0, -1).get(0);
      sessions.redis().zadd(index, 1, member); // as if only Python had prolonged it
    }
    store.events("all", events::add);
    await()
        .until(
            () ->
                sessions.redis().zscore(sessions.deadlinesKey(), session.id() + ":7") > 1_000
                    && sessions.redis().zscore(sessions.userKey(7), session.id()) > 1_000);
    store.delete(session.id());
    await().until(() -> has(Kind.DELETED));
    assertThat(events).hasSize(1);
  }

  @Test
  void anEntryThatIsNoneOfOursStopsNothing() {
    for (String foreign : List.of("a", "x:y", "0123456789abcdef:12x", ":", "a b:1")) {
      sessions.redis().zadd(sessions.deadlinesKey(), 1, foreign);
    }
    store.events("all", events::add);
    expiring(7);
    await().until(() -> has(Kind.EXPIRED));
    await().until(() -> sessions.redis().exists(sessions.deadlinesKey()) == 0);
    assertThat(events).allMatch(event -> event.userId().isPresent());
  }

  @Test
  void anEventWhoseHandlerFailsComesAgain() {
    AtomicInteger calls = new AtomicInteger();
    try (EventSubscription reader =
        reader(
            "shaky",
            event -> {
              if (calls.incrementAndGet() < 3) {
                throw new AssertionError("on purpose");
              }
              events.add(event);
            })) {
      store.create(Login.of(7, "ada"));
      await().until(() -> has(Kind.CREATED));
      assertThat(calls).hasValue(3);
    }
  }

  @Test
  void whatADeadConsumerHeldGoesToAnother() {
    reader("team", event -> {}).close(); // the group is there
    store.create(Login.of(7, "ada"));
    @SuppressWarnings("unchecked")
    List<?> taken =
        sessions
            .redis()
            .xreadgroup(Consumer.from("team", "dies"), StreamOffset.lastConsumed(eventsKey()));
    assertThat(taken).hasSize(1);

    try (EventSubscription reader = reader("team", events::add)) {
      await().until(() -> has(Kind.CREATED));
    }
  }

  @Test
  void aGroupSharesTheWorkAndEachGroupHearsAll() {
    Queue<SessionEvent> others = new ConcurrentLinkedQueue<>();
    store.events("team", events::add);
    store.events("team", events::add);
    store.events("audit", others::add);
    for (int i = 1; i <= 50; i++) {
      store.create(Login.of(i, "ada"));
    }
    await().until(() -> events.size() >= 50 && others.size() >= 50);
    assertThat(events).doesNotHaveDuplicates().hasSize(50);
    assertThat(others).doesNotHaveDuplicates().hasSize(50);
  }

  @Test
  void whatHappensWhileNobodyIsThereWaits() {
    store.events("mailer", events::add).close();
    store.create(Login.of(7, "ada"));
    store.create(Login.of(8, "bob"));
    store.events("mailer", events::add);
    await().until(() -> events.size() == 2);
  }

  @Test
  void aConsumerWhoseConnectionBreaksGoesOn() {
    store.events("mailer", events::add);
    for (int i = 1; i <= 5; i++) {
      sessions.redis().clientKill(io.lettuce.core.KillArgs.Builder.typeNormal().skipme());
      await().ignoreExceptions().until(() -> store.create(Login.of(7, "ada")) != null);
      int soFar = i;
      await().until(() -> events.size() >= soFar);
    }
  }

  @Test
  void theLeaseGoesToAnotherWhenItsHolderCloses() {
    await().until(() -> sessions.redis().exists(sweeperKey()) == 1);
    SessionStore other = RedisSessionStore.open(sessions.access, sessions.settings);
    try {
      other.events("all", events::add);
      store.close();
      expiring(7);
      await().until(() -> has(Kind.EXPIRED));
    } finally {
      other.close();
    }
    assertThat(sessions.redis().exists(sweeperKey())).isZero();
  }

  @Test
  void closingEndsEveryThread() {
    store.events("mailer", events::add);
    store.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("vedfolnir-session-events-mailer"));
  }

  @Test
  void aStoreWithoutEventsSaysSo() {
    SessionStore plain =
        RedisSessionStore.open(sessions.access, sessions.settings.withKeptEvents(0));
    try {
      assertThatIllegalStateException()
          .isThrownBy(() -> plain.events("mailer", events::add))
          .withMessageContaining("withEvents");
    } finally {
      plain.close();
    }
    assertThatIllegalArgumentException().isThrownBy(() -> store.events("a b", events::add));
  }

  private EventSubscription reader(
      String group, java.util.function.Consumer<SessionEvent> handler) {
    return EventReader.start(sessions.access, eventsKey(), group, handler, SOON);
  }

  /** A session that ends after a second. */
  private Session expiring(long user) {
    SessionStore brief =
        RedisSessionStore.open(
            sessions.access, sessions.settings.withIdleTimeout(Duration.ofSeconds(1)));
    try {
      return brief.create(Login.of(user, "ada"));
    } finally {
      brief.close();
    }
  }

  private boolean has(Kind kind) {
    return events.stream().anyMatch(event -> event.kind() == kind);
  }

  private SessionEvent last() {
    return events.stream().reduce((one, next) -> next).orElseThrow();
  }

  private String eventsKey() {
    return sessions.settings.indexPrefix() + "events";
  }

  private String sweeperKey() {
    return sessions.settings.indexPrefix() + "sweeper";
  }
}
