// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;

/**
 * The configured Redis in a container. Where the engine cannot pull, VEDFOLNIR_TEST_REDIS_IMAGE
 * names a local image and TESTCONTAINERS_RYUK_DISABLED is true.
 */
class DockerRedisIT {
  private static final RedisLauncher LAUNCHER = RedisLauncher.hardened().withMode(RedisMode.DOCKER);

  @BeforeAll
  static void needsAnEngine() {
    Requirement.DOCKER.check(
        DockerClientFactory.instance().isDockerAvailable(), "no container engine answers");
  }

  @Test
  void containerRunsTheVeryConfiguration() throws IOException {
    try (RedisServer server = LAUNCHER.withOverride("maxmemory", "64mb").start()) {
      assertThat(server.mode()).isEqualTo(RedisMode.DOCKER);
      assertThat(server.overrides()).contains("maxmemory 64mb");
      assertThat(server.effectiveConfiguration())
          .containsEntry("maxmemory", "67108864")
          .containsEntry("maxmemory-policy", "volatile-lru")
          .containsEntry("dir", "/data")
          .containsEntry("aclfile", "/run/redis/users.acl");
      try (RespClient client = Talk.to(server.endpoint(), Role.SESSION)) {
        assertThat(client.text("SET", "vedfolnir:session:x", "{}")).isEqualTo("OK");
        assertThatThrownBy(() -> client.call("FLUSHALL")).hasMessageContaining("unknown command");
      }
    }
  }

  @Test
  void containerIsPausedKilledAndRestartedOnItsDataAndPort() throws IOException {
    try (RedisServer server = LAUNCHER.start()) {
      RedisEndpoint endpoint = server.endpoint();
      try (RespClient client = Talk.to(endpoint, Role.TEST, Duration.ofMillis(300))) {
        client.call("SET", "a", "kept");
        server.pause();
        assertThatThrownBy(() -> client.call("PING")).isInstanceOf(SocketTimeoutException.class);
        server.resume();
        assertThat(client.read()).isEqualTo("PONG");
      }
      server.killAndRestart();
      assertThat(server.endpoint()).isEqualTo(endpoint);
      try (RespClient client = Talk.to(endpoint, Role.TEST)) {
        assertThat(client.text("GET", "a")).isEqualTo("kept");
      }
      server.restart();
      assertThat(server.log()).contains("Redis is now ready to exit");
    }
  }

  @Test
  void containerThatCannotStartSpeaksForItself() {
    RedisLauncher launcher = LAUNCHER.withOverride("maxmemory", "a-lot");
    assertThatThrownBy(launcher::start)
        .isInstanceOf(RedisStartException.class)
        .hasMessageContaining("exited with code 1")
        .hasMessageContaining("argument must be a memory value");
  }
}
