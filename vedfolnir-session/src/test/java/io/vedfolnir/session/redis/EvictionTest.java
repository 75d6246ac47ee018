// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.SetArgs;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionEvent;
import io.vedfolnir.session.SessionEvent.Kind;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A Redis that is full removes sessions before their time. */
class EvictionTest {

  @RegisterExtension
  static final RedisExtension redis =
      RedisExtension.hardened().withOwnServer().withOverride("maxmemory", "16mb");

  @Test
  void anEvictionIsToldApartFromAnExpiry(RedisEndpoint endpoint, KeyPrefix prefix) {
    Queue<SessionEvent> events = new ConcurrentLinkedQueue<>();
    SessionSettings settings = SessionSettings.defaults().withEvents();
    try (Sessions sessions = Sessions.open(endpoint, prefix, settings)) {
      Set<String> ids =
          IntStream.rangeClosed(1, 200)
              .mapToObj(i -> sessions.store.create(Login.of(i, "ada")))
              .map(Session::id)
              .collect(Collectors.toSet());
      sessions.store.events("all", events::add);

      // Others fill the memory until some of ours had to go.
      String filler = "x".repeat(10_000);
      int written = 0;
      while (sessions.redis().exists(keys(sessions, ids)) > 150 && written < 20_000) {
        sessions.redis().set("filler:" + written++, filler, SetArgs.Builder.ex(7_200));
      }
      Set<String> gone =
          ids.stream()
              .filter(id -> sessions.redis().exists(sessions.key(id)) == 0)
              .collect(Collectors.toSet());
      assertThat(gone).isNotEmpty();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(events)
                      .filteredOn(event -> event.kind() == Kind.EVICTED)
                      .extracting(SessionEvent::sessionId)
                      .containsAll(gone));
      assertThat(events).noneMatch(event -> event.kind() == Kind.EXPIRED);
      assertThat(sessions.redis().zcard(sessions.deadlinesKey()))
          .isLessThanOrEqualTo(200L - gone.size());
    }
  }

  private static String[] keys(Sessions sessions, Set<String> ids) {
    return ids.stream().map(sessions::key).toArray(String[]::new);
  }
}
