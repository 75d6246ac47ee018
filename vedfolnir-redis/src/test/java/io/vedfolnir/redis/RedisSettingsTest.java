// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisSettingsTest {

  @ParameterizedTest
  @CsvSource({
    "redis://localhost, redis://localhost:6379/0",
    "redis://localhost:1/3, redis://localhost:1/3",
    "redis://app@localhost, redis://app@localhost:6379/0",
    "redis://app:s%40cret@localhost/, redis://app@localhost:6379/0",
    "redis://:secret@localhost, redis://localhost:6379/0",
    "REDISS://app@db.example:6380, rediss://app@db.example:6380/0",
    "redis://[::1]:7000, redis://[::1]:7000/0",
    "'redis-sentinel://app@a,b:26380/1#main', 'redis-sentinel://app@a:26379,b:26380/1#main'",
  })
  void aUriIsReadAndShownWithoutItsPassword(String uri, String shown) {
    assertThat(RedisSettings.of(uri).uri()).isEqualTo(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:6379",
        "http://localhost",
        "redis://",
        "redis://host:0",
        "redis://host:65536",
        "redis://host:port",
        "redis://host/first",
        "redis://a,b",
        "redis://host#main",
        "redis-sentinel://host",
        "redis://host?timeout=2s",
        "redis://app:%zz@host",
      })
  void whatIsNoRedisUriIsRefusedWithAdvice(String uri) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RedisSettings.of(uri))
        .withMessageContaining("redis://user@host:6379/0");
  }

  @Test
  void noMessageAndNoTextShowsThePassword() {
    RedisSettings settings = RedisSettings.of("redis://app:hunter2@localhost");
    assertThat(settings.toString()).doesNotContain("hunter2");
    assertThat(settings.secret().read()).isEqualTo("hunter2");
    assertThatThrownBy(() -> RedisSettings.of("redis://app:hunter2@localhost?x=1"))
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void theEnvironmentNamesServerAndSecretFile(@TempDir Path dir) throws IOException {
    Path secret = Files.writeString(dir.resolve("password"), " from the file\n");
    RedisSettings settings =
        RedisSettings.fromEnvironment(
            Map.of(
                "REDIS_URL", "redis://app:fromTheUri@localhost:7001",
                "REDIS_PASSWORD", "fromTheVariable",
                "REDIS_PASSWORD_FILE", secret.toString()));
    assertThat(settings.uri()).isEqualTo("redis://app@localhost:7001/0");
    assertThat(settings.secret().read()).isEqualTo("from the file");
  }

  @Test
  void anEnvironmentWithoutUrlSaysWhichVariableToSet() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RedisSettings.fromEnvironment(Map.of()))
        .withMessageContaining("VEDFOLNIR_REDIS_URL");
  }

  @Test
  void aSecretFileThatIsMissingOrEmptySaysSo(@TempDir Path dir) throws IOException {
    assertThatThrownBy(() -> RedisSecret.file(dir.resolve("none")).read())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("none");
    Path empty = Files.writeString(dir.resolve("empty"), "\n");
    assertThatThrownBy(() -> RedisSecret.file(empty).read())
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void valuesOutOfBoundsAreRefusedNotAdjusted() {
    RedisSettings settings = RedisSettings.of("redis://localhost");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.withCommandTimeout(Duration.ofMillis(9)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.withCommandTimeout(Duration.ofSeconds(61)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.withConnectTimeout(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.withKeepAlive(Duration.ofSeconds(281)));
    assertThatIllegalArgumentException().isThrownBy(() -> settings.withRequestQueueSize(15));
    assertThatIllegalArgumentException().isThrownBy(() -> settings.withTransactionConnections(0));
    assertThatIllegalArgumentException().isThrownBy(() -> settings.withClientName("two words"));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new TlsSettings(Optional.empty(), Optional.of(Path.of("c")), Optional.empty()));
  }
}
