// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How to reach Redis and how long to wait for it.
 *
 * <p>Immutable; never shows the password. Values out of bounds are refused when the settings are
 * made, not adjusted.
 *
 * @param uri address without password, {@code redis://user@host:6379/0}; schemes {@code redis},
 *     {@code rediss} (TLS), {@code redis-sentinel} and {@code rediss-sentinel} ({@code
 *     redis-sentinel://user@host1,host2:26379/0#master}). The hardened server's default user is
 *     off, so name an ACL user.
 * @param secret the password of that user. Default: none.
 * @param tls certificates, used by the TLS schemes only. Default: the JVM's authorities.
 * @param commandTimeout longest wait for the reply to one command. Default 2 s; 10 ms to 60 s.
 * @param connectTimeout longest wait for the TCP connection; the login after it has the command
 *     timeout. Default 5 s; 10 ms to 60 s.
 * @param requestQueueSize commands that may wait for a reply on one connection; more are refused at
 *     once, so that a hanging server does not fill the heap. Default 10,000; 16 to 1,000,000.
 * @param transactionConnections most connections held for transactions that watch keys. Default 8;
 *     1 to 256. They are opened when needed.
 * @param keepAlive time between two PINGs that keep idle connections from being closed by the
 *     server ({@code timeout 300} in the hardened configuration). Default 60 s; 1 s to 280 s.
 * @param clientName name that the connections carry in CLIENT LIST; letters, digits, {@code . _ -}.
 *     Default {@code vedfolnir}.
 */
public record RedisSettings(
    String uri,
    RedisSecret secret,
    TlsSettings tls,
    Duration commandTimeout,
    Duration connectTimeout,
    int requestQueueSize,
    int transactionConnections,
    Duration keepAlive,
    String clientName) {

  /** Checks every bound; a password in the URI is refused here, see {@link #of(String)}. */
  public RedisSettings {
    RedisAddress.Parsed parsed = RedisAddress.parse(uri);
    if (parsed.password().isPresent()) {
      throw new IllegalArgumentException(
          "the URI holds a password; use RedisSettings.of(uri), which takes it out, or withSecretFile");
    }
    uri = parsed.address().toString();
    checkBetween("commandTimeout", commandTimeout, Duration.ofMillis(10), Duration.ofSeconds(60));
    checkBetween("connectTimeout", connectTimeout, Duration.ofMillis(10), Duration.ofSeconds(60));
    checkBetween("keepAlive", keepAlive, Duration.ofSeconds(1), Duration.ofSeconds(280));
    checkBetween("requestQueueSize", requestQueueSize, 16, 1_000_000);
    checkBetween("transactionConnections", transactionConnections, 1, 256);
    if (!clientName.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "clientName takes 1 to 64 letters, digits, '.', '_' and '-'");
    }
  }

  /**
   * The defaults for this address.
   *
   * @param uri as in {@link #uri()}; a password in it is accepted ({@code
   *     redis://user:password@host}) and moved into {@link #secret()}
   * @throws IllegalArgumentException if it is not a Redis URI; the message does not repeat it
   */
  public static RedisSettings of(String uri) {
    RedisAddress.Parsed parsed = RedisAddress.parse(uri);
    return new RedisSettings(
        parsed.address().toString(),
        parsed.password().map(RedisSecret::of).orElseGet(RedisSecret::none),
        TlsSettings.defaults(),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        10_000,
        8,
        Duration.ofSeconds(60),
        "vedfolnir");
  }

  /**
   * The settings that the environment describes: {@code VEDFOLNIR_REDIS_URL} or {@code REDIS_URL},
   * and for the password {@code VEDFOLNIR_REDIS_PASSWORD_FILE}, {@code REDIS_PASSWORD_FILE}, {@code
   * VEDFOLNIR_REDIS_PASSWORD} or {@code REDIS_PASSWORD}; the first that is set wins, and all of
   * them win over a password in the URI.
   *
   * @throws IllegalArgumentException if no URL is set or it is malformed
   */
  public static RedisSettings fromEnvironment() {
    return fromEnvironment(System.getenv());
  }

  /** As {@link #fromEnvironment()}, from the given variables. */
  public static RedisSettings fromEnvironment(Map<String, String> environment) {
    String uri =
        first(environment, "VEDFOLNIR_REDIS_URL", "REDIS_URL")
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "set VEDFOLNIR_REDIS_URL (or REDIS_URL), such as"
                            + " redis://vedfolnir-session@localhost:6379/0"));
    RedisSettings settings = of(uri);
    Optional<String> file =
        first(environment, "VEDFOLNIR_REDIS_PASSWORD_FILE", "REDIS_PASSWORD_FILE");
    if (file.isPresent()) {
      return settings.withSecretFile(Path.of(file.get()));
    }
    return first(environment, "VEDFOLNIR_REDIS_PASSWORD", "REDIS_PASSWORD")
        .map(password -> settings.withSecret(RedisSecret.of(password)))
        .orElse(settings);
  }

  /** With this secret. */
  public RedisSettings withSecret(RedisSecret newSecret) {
    return with(draft -> draft.secret = newSecret);
  }

  /** With a password that is read from this file at each authentication. */
  public RedisSettings withSecretFile(Path file) {
    return withSecret(RedisSecret.file(file));
  }

  /** With these certificates. */
  public RedisSettings withTls(TlsSettings newTls) {
    return with(draft -> draft.tls = newTls);
  }

  /** With this longest wait for a reply. */
  public RedisSettings withCommandTimeout(Duration timeout) {
    return with(draft -> draft.commandTimeout = timeout);
  }

  /** With this longest wait for a connection. */
  public RedisSettings withConnectTimeout(Duration timeout) {
    return with(draft -> draft.connectTimeout = timeout);
  }

  /** With this many commands in flight on one connection. */
  public RedisSettings withRequestQueueSize(int size) {
    return with(draft -> draft.requestQueueSize = size);
  }

  /** With at most this many connections for watched transactions. */
  public RedisSettings withTransactionConnections(int connections) {
    return with(draft -> draft.transactionConnections = connections);
  }

  /** With this time between two keep-alive PINGs. */
  public RedisSettings withKeepAlive(Duration interval) {
    return with(draft -> draft.keepAlive = interval);
  }

  /** With this name in CLIENT LIST. */
  public RedisSettings withClientName(String name) {
    return with(draft -> draft.clientName = name);
  }

  RedisAddress address() {
    return RedisAddress.parse(uri).address();
  }

  private static Optional<String> first(Map<String, String> environment, String... names) {
    for (String name : names) {
      String value = environment.get(name);
      if (value != null && !value.isBlank()) {
        return Optional.of(value.strip());
      }
    }
    return Optional.empty();
  }

  private static void checkBetween(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(name + " must be between " + least + " and " + most);
    }
  }

  private static void checkBetween(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(name + " must be between " + least + " and " + most);
    }
  }

  private RedisSettings with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return new RedisSettings(
        draft.uri,
        draft.secret,
        draft.tls,
        draft.commandTimeout,
        draft.connectTimeout,
        draft.requestQueueSize,
        draft.transactionConnections,
        draft.keepAlive,
        draft.clientName);
  }

  /** The components, one of which is about to change. */
  private static final class Draft {
    private String uri;
    private RedisSecret secret;
    private TlsSettings tls;
    private Duration commandTimeout;
    private Duration connectTimeout;
    private int requestQueueSize;
    private int transactionConnections;
    private Duration keepAlive;
    private String clientName;

    Draft(RedisSettings from) {
      uri = from.uri;
      secret = from.secret;
      tls = from.tls;
      commandTimeout = from.commandTimeout;
      connectTimeout = from.connectTimeout;
      requestQueueSize = from.requestQueueSize;
      transactionConnections = from.transactionConnections;
      keepAlive = from.keepAlive;
      clientName = from.clientName;
    }
  }
}
