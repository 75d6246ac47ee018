// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.redis.Subscription;
import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.session.SessionStore;
import io.vedfolnir.session.redis.RedisSessionStore;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.Role;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A user logs in, works, logs out; another one just goes away. */
final class SessionTour {

  private static final AttributeKey<String> THEME = AttributeKey.text("theme");

  private final Screen screen;
  private final RedisEndpoint endpoint;

  SessionTour(Screen screen, RedisEndpoint endpoint) {
    this.screen = screen;
    this.endpoint = endpoint;
  }

  void run() throws Exception {
    screen.title("A session");
    try (RedisAccess redis = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.SESSION)));
        SessionStore sessions = RedisSessionStore.open(redis, SessionSettings.defaults())) {
      Session session =
          sessions.create(Login.of(1, "admin").withRole("admin").withPlatform(123, "My Platform"));
      show(redis, "login", session);

      sessions.update(session.id(), s -> s.with(THEME, "dark"));
      sessions
          .touch(session.id())
          .ifPresent(touched -> screen.line("touch", "theme is " + touched.find(THEME).orElse("")));
      show(redis, "update", session);

      sessions.delete(session.id());
      screen.line("logout", "found afterwards: " + sessions.find(session.id()).isPresent());
      expire(redis);
    }
  }

  /** What redis-cli would show under the session's key. */
  private void show(RedisAccess redis, String when, Session session) {
    String key = SessionSettings.defaults().keyPrefix() + session.id();
    byte[] document = RedisAccess.await(redis.read(r -> r.get(key)));
    long ttl = RedisAccess.await(redis.read(r -> r.ttl(key)));
    screen.line(when, "GET " + abbreviated(key) + "  (TTL " + ttl + " s)");
    screen.line("", new String(document, UTF_8));
  }

  /** A session that nobody touches ends by itself, and Redis says so. */
  private void expire(RedisAccess redis) throws Exception {
    SessionSettings brief =
        SessionSettings.defaults()
            .withIdleTimeout(Duration.ofSeconds(1))
            .withTouchGranularity(Duration.ZERO);
    CompletableFuture<String> expired = new CompletableFuture<>();
    try (SessionStore sessions = RedisSessionStore.open(redis, brief);
        Subscription events =
            redis.subscribe(
                List.of("__keyevent@0__:expired"),
                (channel, key) -> expired.complete(channel + " " + new String(key, UTF_8)))) {
      sessions.create(Login.of(2, "visitor"));
      screen.line("idle", "a second session with an idle timeout of 1 s, and nobody comes back");
      String event = expired.get(10, TimeUnit.SECONDS);
      screen.line("event", abbreviated(event));
    }
  }

  /** An id is a bearer token; even an example shows only its beginning. */
  private static String abbreviated(String key) {
    int id = key.lastIndexOf(':') + 1;
    return key.substring(0, Math.min(key.length(), id + 6)) + "...";
  }
}
