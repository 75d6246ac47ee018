// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisServerTest {
  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened().withOwnServer();

  @Test
  void answersNothingWhilePausedAndGoesOnAfterwards(RedisServer server, KeyPrefix prefix)
      throws IOException {
    try (RespClient client = Talk.to(server.endpoint(), Role.TEST, Duration.ofMillis(600))) {
      server.pause();
      assertThatThrownBy(() -> client.call("SET", prefix.key("a"), "1"))
          .isInstanceOf(SocketTimeoutException.class);
      server.resume();
      assertThat(client.read()).as("the reply that was late").isEqualTo("OK");
    }
  }

  @Test
  void pauseEndsByItself(RedisServer server) throws IOException {
    try (RespClient client = Talk.to(server.endpoint(), Role.TEST)) {
      long start = System.nanoTime();
      server.pause(Duration.ofMillis(300));
      assertThat(client.text("PING")).isEqualTo("PONG");
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(290));
    }
  }

  @Test
  void killedServerIsGoneAndComesBackWithItsDataOnItsPort(RedisServer server, KeyPrefix prefix)
      throws IOException {
    RedisEndpoint endpoint = server.endpoint();
    try (RespClient client = Talk.to(endpoint, Role.TEST)) {
      client.call("SET", prefix.key("a"), "kept");
      server.kill();
      assertThatThrownBy(() -> client.call("PING")).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> Talk.to(endpoint, Role.TEST)).isInstanceOf(IOException.class);
    server.restart();
    assertThat(server.endpoint()).isEqualTo(endpoint);
    assertThat(get(server, prefix.key("a"))).isEqualTo("kept");
  }

  @Test
  void killAndRestartWorksOnAPausedServer(RedisServer server, KeyPrefix prefix) throws IOException {
    set(server, prefix.key("a"), "kept");
    server.pause();
    server.killAndRestart();
    assertThat(get(server, prefix.key("a"))).isEqualTo("kept");
  }

  @Test
  void restartOfARunningServerIsOrderly(RedisServer server, KeyPrefix prefix) throws IOException {
    set(server, prefix.key("a"), "kept");
    server.restart();
    assertThat(get(server, prefix.key("a"))).isEqualTo("kept");
    assertThat(server.log()).contains("Redis is now ready to exit", "Ready to accept connections");
  }

  @Test
  void masksSecretsInItsConfiguration() throws IOException {
    try (RedisServer server =
        RedisLauncher.hardened().withOverride("masterauth", "topsecret").start()) {
      assertThat(server.effectiveConfiguration())
          .containsEntry("masterauth", "***")
          .containsEntry("maxmemory-policy", "volatile-lru");
      assertThat(FailureReport.of(server)).contains("masterauth ***").doesNotContain("topsecret");
    }
  }

  @Test
  void showsItsSlowLog() throws IOException {
    try (RedisServer server =
        RedisLauncher.hardened().withOverride("slowlog-log-slower-than", "0").start()) {
      set(server, "slow", "1");
      assertThat(server.slowLog()).anyMatch(entry -> entry.matches("\\d+ µs SET slow 1"));
    }
  }

  @Test
  void showsNoPasswordInText(RedisServer server) {
    RedisEndpoint endpoint = server.endpoint();
    String password = endpoint.credentials(Role.SESSION).password();
    assertThat(endpoint.uri(Role.SESSION))
        .isEqualTo(
            "redis://vedfolnir-session:" + password + "@127.0.0.1:" + endpoint.port() + "/0");
    assertThat(server + " " + endpoint + " " + endpoint.credentials(Role.SESSION))
        .doesNotContain(password)
        .doesNotContain(endpoint.configCommand());
  }

  @Test
  void refusesOrdersAfterClose() {
    RedisServer server = RedisLauncher.hardened().start();
    server.close();
    server.close();
    assertThatThrownBy(server::pause).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Talk.to(server.endpoint(), Role.TEST)).isInstanceOf(IOException.class);
  }

  private static void set(RedisServer server, String key, String value) throws IOException {
    try (RespClient client = Talk.to(server.endpoint(), Role.TEST)) {
      client.call("SET", key, value);
    }
  }

  private static String get(RedisServer server, String key) throws IOException {
    try (RespClient client = Talk.to(server.endpoint(), Role.TEST)) {
      return client.text("GET", key);
    }
  }
}
