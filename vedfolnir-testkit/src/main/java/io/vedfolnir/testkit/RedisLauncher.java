// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the Redis of {@code config/redis} for tests and demonstrations. Immutable; needs no JUnit.
 *
 * <p>Where the server comes from, first match wins:
 *
 * <ol>
 *   <li>{@link #open()} only: the server of {@code VEDFOLNIR_TEST_REDIS_URI}, if set
 *   <li>{@link #withMode} or {@code VEDFOLNIR_TEST_REDIS=docker|path|bundled}: that and nothing
 *       else
 *   <li>{@code redis-server} 7.0 or newer on {@code PATH}
 *   <li>the Redis 7.0.15 bundled for Linux and macOS on x86-64 and ARM 64
 * </ol>
 *
 * <p>Each variable may also be given as a system property: {@code vedfolnir.test.redis.uri}, {@code
 * vedfolnir.test.redis}, {@code vedfolnir.testkit.redis.image}. Every server has random passwords,
 * a free port and a temporary directory, and ends with {@link RedisServer#close()} or with the JVM.
 */
public final class RedisLauncher {
  private static final Logger LOG = LoggerFactory.getLogger(RedisLauncher.class);
  private static final Set<String> OURS =
      Set.of("port", "dir", "aclfile", "include", "daemonize", "logfile", "user", "requirepass");

  private final Settings settings;
  private final @Nullable RedisMode mode;
  private final @Nullable String image;
  private final Map<String, String> overrides;

  private RedisLauncher(
      Settings settings,
      @Nullable RedisMode mode,
      @Nullable String image,
      Map<String, String> overrides) {
    this.settings = settings;
    this.mode = mode;
    this.image = image;
    this.overrides = overrides;
  }

  /** Starts the shipped configuration, changed only where a server for tests must differ. */
  public static RedisLauncher hardened() {
    return new RedisLauncher(Settings.ofThisProcess(), null, null, Map.of());
  }

  /** Looks its settings up there instead of in this process. */
  RedisLauncher withSettings(Settings other) {
    return new RedisLauncher(other, mode, image, overrides);
  }

  /**
   * Pins where the server comes from, whatever the environment says.
   *
   * @throws IllegalArgumentException for {@link RedisMode#EXTERNAL}, which starts nothing
   */
  public RedisLauncher withMode(RedisMode pinned) {
    if (pinned == RedisMode.EXTERNAL) {
      throw new IllegalArgumentException("an external server is used, not started: see open()");
    }
    return new RedisLauncher(settings, pinned, image, overrides);
  }

  /** The image of a container, instead of {@code VEDFOLNIR_TEST_REDIS_IMAGE}. */
  public RedisLauncher withImage(String name) {
    return new RedisLauncher(settings, mode, name, overrides);
  }

  /**
   * Replaces every line of a directive of {@code redis.conf}, such as {@code maxmemory}. An empty
   * value is written as {@code ""}. The override is printed at the start.
   *
   * @throws IllegalArgumentException for what the launcher itself sets (port, directory, users) and
   *     for line breaks
   */
  public RedisLauncher withOverride(String directive, String value) {
    String name = directive.toLowerCase(Locale.ROOT);
    if (!name.matches("[a-z][a-z0-9-]*") || value.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException("an override is one directive and a value on one line");
    }
    if (OURS.contains(name)) {
      throw new IllegalArgumentException("the launcher sets " + name + " itself");
    }
    Map<String, String> more = new LinkedHashMap<>(overrides);
    more.put(name, value);
    return new RedisLauncher(settings, mode, image, more);
  }

  /**
   * The server that the environment names, else a started one. A server that the environment names
   * is left as it is: overrides do not reach it.
   *
   * @throws RedisStartException if none can be used; with the server's own words
   */
  public RedisServer open() {
    Optional<String> uri = settings.uri();
    return uri.isPresent() ? external(uri.get()) : start();
  }

  /** Whether there is a server to use or to try: if not, {@link RedisBinary#advice} says more. */
  boolean hasCandidate() {
    return mode != null
        || settings.mode().isPresent()
        || settings.uri().isPresent()
        || RedisBinary.bundledResource().isPresent()
        || RedisBinary.onPath().isPresent();
  }

  /**
   * A server of its own, ready to use.
   *
   * @throws RedisStartException if it does not start; with the server's own words
   */
  public RedisServer start() {
    long begin = System.nanoTime();
    RedisMode chosen = mode != null ? mode : settings.mode().orElse(null);
    RedisServer server =
        chosen == RedisMode.DOCKER
            ? ContainerStart.start(image != null ? image : settings.image(), overrides)
            : new NativeStart(chosen, overrides).start();
    announce(server, Duration.ofNanos(System.nanoTime() - begin));
    return server;
  }

  private static RedisServer external(String uri) {
    ExternalServer host = new ExternalServer(RedisEndpoint.of(uri));
    RedisServer server = RedisServer.of(host, RedisMode.EXTERNAL, List.of());
    LOG.info("Redis {} at {} (external)", server.version(), server.endpoint());
    return server;
  }

  private static void announce(RedisServer server, Duration took) {
    LOG.info(
        "Redis {} ({}) at {}, ready in {} ms; differs from production: {}",
        server.version(),
        server.mode().name().toLowerCase(Locale.ROOT),
        server.endpoint(),
        took.toMillis(),
        String.join("; ", server.overrides()));
  }
}
