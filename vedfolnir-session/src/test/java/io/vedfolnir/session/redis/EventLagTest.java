// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionEvent;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.session.SessionStore;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.RedisLauncher;
import io.vedfolnir.testkit.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How long after its deadline a session's handler is called while many others live. By default
 * 5,000; {@code -Dvedfolnir.session.live=200000} for the full measure.
 */
class EventLagTest {

  private static final int LIVE = Integer.getInteger("vedfolnir.session.live", 5_000);
  private static final int EXPIRING = 2_000;
  private static final Duration IDLE = Duration.ofSeconds(3);

  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

  @ParameterizedTest(name = "notifications [{0}]")
  @ValueSource(strings = {"Exe", ""})
  void anExpiryIsToldSoon(String notifications, KeyPrefix prefix) {
    SessionSettings settings = SessionSettings.defaults().withEvents();
    String flags = notifications.isEmpty() ? "\"\"" : notifications;
    try (RedisServer server =
            RedisLauncher.hardened().withOverride("notify-keyspace-events", flags).start();
        Sessions sessions = Sessions.open(server.endpoint(), prefix, settings)) {
      create(sessions.store, LIVE);
      SessionStore brief =
          RedisSessionStore.open(sessions.access, sessions.settings.withIdleTimeout(IDLE));
      Map<String, Instant> told = new ConcurrentHashMap<>();
      try {
        sessions.store.events(
            "lag",
            event -> {
              if (event.kind() == SessionEvent.Kind.EXPIRED) {
                told.putIfAbsent(event.sessionId(), sessions.access.clock().instant());
              }
            });
        List<Session> expiring = create(brief, EXPIRING);
        await().atMost(Duration.ofMinutes(2)).until(() -> told.size() >= EXPIRING);
        List<Duration> lags =
            expiring.stream()
                .map(
                    session ->
                        Duration.between(
                            session.createdAt().orElseThrow().plus(IDLE), told.get(session.id())))
                .sorted()
                .toList();
        System.out.printf(
            "%,d live sessions, notifications [%s]: deadline to handler p50 %d ms, p99 %d ms%n",
            LIVE,
            notifications,
            lags.get(EXPIRING / 2).toMillis(),
            lags.get(EXPIRING * 99 / 100).toMillis());
        // Not a measurement: only that it is told by the deadline, not when somebody happens by.
        assertThat(lags.get(EXPIRING - 1)).isLessThan(Duration.ofSeconds(60));
        assertThat(lags.get(0)).isGreaterThan(Duration.ofMillis(-100));
      } finally {
        brief.close();
      }
    }
  }

  private static List<Session> create(SessionStore store, int number) {
    List<Session> created = new ArrayList<>();
    for (int done = 0; done < number; done += 1_000) {
      List<CompletableFuture<Session>> batch =
          IntStream.range(done, Math.min(number, done + 1_000))
              .mapToObj(i -> store.async().create(Login.of(1 + i, "ada")).toCompletableFuture())
              .toList();
      batch.forEach(one -> created.add(one.join()));
    }
    return created;
  }
}
