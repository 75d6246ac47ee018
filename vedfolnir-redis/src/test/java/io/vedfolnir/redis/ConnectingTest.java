// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vedfolnir.testkit.Credentials;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The ways to a server other than a plain URI, and the servers that are not good enough. */
class ConnectingTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened();

  @Test
  void aServerThatIsTooOldIsNamedAsSuch(@TempDir Path dir) throws IOException {
    try (RedisProcess old = RedisProcess.start(dir, "redis-server-2.8.19", List.of())) {
      assertThatThrownBy(() -> open("redis://127.0.0.1:" + old.port()))
          .isInstanceOfSatisfying(
              RedisAccessException.Unsupported.class,
              unsupported -> assertThat(unsupported.isRetryable()).isFalse())
          .hasMessageContaining("Redis 7.0 or newer is needed")
          .hasMessageContaining("2.8.19");
      // A named user is unknown to it, which is all it can say.
      assertThatThrownBy(() -> open("redis://app:secret@127.0.0.1:" + old.port()))
          .isInstanceOf(RedisAccessException.Unsupported.class);
    }
  }

  @Test
  void sentinelsLeadToTheMaster(@TempDir Path dir, RedisEndpoint endpoint) throws IOException {
    Credentials admin = endpoint.credentials(Role.TEST);
    List<String> configuration =
        List.of(
            "sentinel monitor main " + endpoint.host() + " " + endpoint.port() + " 1",
            "sentinel auth-user main " + admin.user(),
            "sentinel auth-pass main " + admin.password());
    try (RedisProcess sentinel =
            RedisProcess.start(dir, "redis-server-7.0.15-linux-amd64", configuration);
        RedisAccess redis =
            RedisAccess.open(
                RedisSettings.of(
                        "redis-sentinel://"
                            + endpoint.credentials(Role.SESSION).user()
                            + "@127.0.0.1:"
                            + sentinel.port()
                            + "#main")
                    .withSecret(RedisSecret.of(endpoint.credentials(Role.SESSION).password())))) {
      assertThat(redis.health().status()).isEqualTo(RedisHealth.Status.HEALTHY);
    }
  }

  @Test
  void tlsIsSpokenWithAServerWhoseCertificateIsTrusted(@TempDir Path dir, RedisEndpoint endpoint)
      throws Exception {
    try (TlsFront front = TlsFront.start(dir, "localhost", endpoint.host(), endpoint.port());
        RedisAccess redis =
            RedisAccess.open(
                tls(front, "localhost", endpoint)
                    .withTls(TlsSettings.defaults().withTrusted(front.certificate())))) {
      assertThat(redis.health().status()).isEqualTo(RedisHealth.Status.HEALTHY);
    }
  }

  @Test
  void aCertificateThatIsNotTrustedOrForAnotherHostIsRefused(
      @TempDir Path dir, RedisEndpoint endpoint) throws Exception {
    try (TlsFront front = TlsFront.start(dir, "localhost", endpoint.host(), endpoint.port())) {
      assertThatThrownBy(() -> RedisAccess.open(tls(front, "localhost", endpoint)))
          .isInstanceOf(RedisAccessException.Unreachable.class);
      assertThatThrownBy(
              () ->
                  RedisAccess.open(
                      tls(front, "127.0.0.1", endpoint)
                          .withTls(TlsSettings.defaults().withTrusted(front.certificate()))))
          .isInstanceOf(RedisAccessException.Unreachable.class);
    }
  }

  @Test
  void aMissingSecretFileSaysWhichOne(@TempDir Path dir, RedisEndpoint endpoint) {
    Path missing = dir.resolve("redis_password.txt");
    RedisSettings settings =
        RedisSettings.of("redis://vedfolnir-session@" + endpoint.host() + ":" + endpoint.port())
            .withSecretFile(missing);
    assertThatThrownBy(() -> RedisAccess.open(settings))
        .isInstanceOf(RedisAccessException.class)
        .hasMessageContaining("redis_password.txt");
  }

  private static RedisSettings tls(TlsFront front, String host, RedisEndpoint endpoint) {
    Credentials session = endpoint.credentials(Role.SESSION);
    return RedisSettings.of("rediss://" + session.user() + "@" + host + ":" + front.port())
        .withSecret(RedisSecret.of(session.password()));
  }

  private static RedisAccess open(String uri) {
    return RedisAccess.open(RedisSettings.of(uri));
  }
}
