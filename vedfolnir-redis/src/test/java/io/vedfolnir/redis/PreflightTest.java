// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.redis.Preflight.Severity;
import io.vedfolnir.testkit.RedisLauncher;
import io.vedfolnir.testkit.RedisServer;
import io.vedfolnir.testkit.Role;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PreflightTest {

  private static final String SESSION_PREFIX = "vedfolnir:{session}:";

  @Test
  void theShippedConfigurationPassesWithTheRightsOfASessionStore() {
    try (RedisServer server = RedisLauncher.hardened().open();
        RedisAccess redis = open(server, Role.SESSION)) {
      Preflight preflight = redis.preflight(SESSION_PREFIX);
      assertThat(preflight.isPassed()).isTrue();
      assertThat(preflight.items())
          .extracting(Preflight.Item::name)
          .contains("version", "eviction policy", "expiry notifications", "role", "last save");
      assertThat(severity(preflight, "expiry notifications")).isEqualTo(Severity.OK);
      assertThat(severity(preflight, "eviction policy")).isEqualTo(Severity.OK);
    }
  }

  @Test
  void eachPlantedFaultIsFound() {
    try (RedisServer server =
            RedisLauncher.hardened()
                .withOverride("maxmemory-policy", "allkeys-lru")
                .withOverride("maxmemory", "0")
                .withOverride("appendonly", "no")
                .withOverride("notify-keyspace-events", "")
                .start();
        RedisAccess redis = open(server, Role.SESSION)) {
      Preflight preflight = redis.preflight(SESSION_PREFIX);
      assertThat(preflight.isPassed()).isFalse();
      assertThat(severity(preflight, "eviction policy")).isEqualTo(Severity.ERROR);
      assertThat(severity(preflight, "memory limit")).isEqualTo(Severity.WARNING);
      assertThat(severity(preflight, "append-only file")).isEqualTo(Severity.WARNING);
      assertThat(severity(preflight, "expiry notifications")).isEqualTo(Severity.WARNING);
      assertThat(preflight.toString()).contains("set maxmemory-policy volatile-lru");
    }
  }

  @Test
  void aUserWithoutTheRightsLearnsIt() {
    try (RedisServer server = RedisLauncher.hardened().open();
        RedisAccess redis = open(server, Role.OPS)) {
      Preflight preflight = redis.preflight(SESSION_PREFIX);
      assertThat(preflight.isPassed()).isFalse();
      assertThat(severity(preflight, "writing a key")).isEqualTo(Severity.ERROR);
    }
  }

  @Test
  void healthTellsAWorkingServerFromAStoppedOne() {
    try (RedisServer server = RedisLauncher.hardened().start();
        RedisAccess redis =
            RedisAccess.open(
                RedisSettings.of(server.endpoint().uri(Role.SESSION))
                    .withCommandTimeout(Duration.ofMillis(300)))) {
      RedisHealth healthy = redis.health();
      assertThat(healthy.status()).isEqualTo(RedisHealth.Status.HEALTHY);
      assertThat(healthy.findings()).isEmpty();
      assertThat(healthy.version()).get().asString().startsWith("7.");
      assertThat(healthy.maxMemory()).isEqualTo(1L << 30);
      assertThat(healthy.connectedClients()).isPositive();

      server.pause();
      RedisHealth hanging = redis.health();
      assertThat(hanging.status()).isEqualTo(RedisHealth.Status.UNHEALTHY);
      assertThat(hanging.findings()).isNotEmpty();
      server.resume();
    }
  }

  @Test
  void healthJudgesMemoryByWhatCanBeEvicted() {
    Map<String, String> nearlyFull =
        Map.of("used_memory", "96", "maxmemory", "100", "maxmemory_policy", "volatile-lru");
    Map<String, String> stuck =
        Map.of("used_memory", "96", "maxmemory", "100", "maxmemory_policy", "noeviction");
    Map<String, String> saveFailed = Map.of("rdb_last_bgsave_status", "err");
    assertThat(judge(nearlyFull, 1)).isEqualTo(RedisHealth.Status.DEGRADED);
    assertThat(judge(stuck, 1)).isEqualTo(RedisHealth.Status.UNHEALTHY);
    assertThat(judge(saveFailed, 1)).isEqualTo(RedisHealth.Status.DEGRADED);
    assertThat(judge(Map.of(), 1_500)).isEqualTo(RedisHealth.Status.DEGRADED);
    assertThat(judge(Map.of(), 1)).isEqualTo(RedisHealth.Status.HEALTHY);
  }

  private static RedisHealth.Status judge(Map<String, String> info, long roundTripMillis) {
    return RedisHealth.judge(Duration.ofMillis(roundTripMillis), info).status();
  }

  private static Severity severity(Preflight preflight, String name) {
    return preflight.items().stream()
        .filter(item -> item.name().equals(name))
        .findFirst()
        .orElseThrow()
        .severity();
  }

  private static RedisAccess open(RedisServer server, Role role) {
    return RedisAccess.open(RedisSettings.of(server.endpoint().uri(role)));
  }
}
