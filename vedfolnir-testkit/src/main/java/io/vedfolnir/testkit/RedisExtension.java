// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.io.IOException;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the configured Redis. Works with JUnit Jupiter 5.13 and newer, and with 6.
 *
 * <pre>{@code
 * @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();
 *
 * @Test void survivesAKilledRedis(RedisServer server) { server.killAndRestart(); … }
 * }</pre>
 *
 * <p>Without more, all test classes of a JVM share one server, which starts before the first of
 * them and ends with the run. Injected are {@link RedisServer}, {@link RedisEndpoint}, {@link
 * KeyPrefix} (another one for each test) and {@link FaultProxy} (a fresh one for each test, closed
 * after it). What a test leaves paused or dead is running again before the next one. After a failed
 * test, the end of the server's log, its configuration and its slow log go to standard error.
 */
public final class RedisExtension
    implements BeforeAllCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace SHARED = Namespace.create(RedisExtension.class);

  private final RedisLauncher launcher;
  private final boolean own;

  /** As {@link #hardened()}, for {@code @ExtendWith(RedisExtension.class)}. */
  public RedisExtension() {
    this(RedisLauncher.hardened(), false);
  }

  private RedisExtension(RedisLauncher launcher, boolean own) {
    this.launcher = launcher;
    this.own = own;
  }

  /** The shared server; see {@link RedisLauncher} for where it comes from. */
  public static RedisExtension hardened() {
    return new RedisExtension();
  }

  /** A server that only this test class uses; it starts before the class and ends after it. */
  public RedisExtension withOwnServer() {
    return new RedisExtension(launcher, true);
  }

  /** An own server with another value of a directive: {@link RedisLauncher#withOverride}. */
  public RedisExtension withOverride(String directive, String value) {
    return new RedisExtension(launcher.withOverride(directive, value), true);
  }

  /** An own server from there and nowhere else: {@link RedisLauncher#withMode}. */
  public RedisExtension withMode(RedisMode mode) {
    return new RedisExtension(launcher.withMode(mode), true);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    Requirement.REDIS.check(launcher.hasCandidate(), RedisBinary.advice());
    server(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == RedisServer.class
        || type == RedisEndpoint.class
        || type == KeyPrefix.class
        || type == FaultProxy.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    RedisServer server = server(context);
    if (type == RedisServer.class) {
      return server;
    }
    if (type == RedisEndpoint.class) {
      return server.endpoint();
    }
    // Not the class's: a test never inherits what @BeforeAll was given.
    Store store = context.getStore(own().append(context.getUniqueId()));
    return type == KeyPrefix.class
        ? once(store, UsedPrefix.class, () -> new UsedPrefix(server, KeyPrefix.random())).prefix
        : once(store, FaultProxy.class, server::proxy);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    RedisServer server = server(context);
    context.getExecutionException().ifPresent(e -> FailureReport.publish(server, context));
    server.recover();
  }

  private RedisServer server(ExtensionContext context) {
    return own
        ? once(context.getStore(own()), RedisServer.class, launcher::start)
        : once(context.getRoot().getStore(SHARED), RedisServer.class, launcher::open);
  }

  /** Two extensions on one class do not share what they own. */
  private Namespace own() {
    return Namespace.create(RedisExtension.class, this);
  }

  /** The store's value of that type, made at the first call; the store closes it. */
  // JUnit 5 does not have the name that JUnit 6 prefers.
  @SuppressWarnings("deprecation")
  private static <T> T once(Store store, Class<T> type, Supplier<T> maker) {
    return Objects.requireNonNull(store.getOrComputeIfAbsent(type, key -> maker.get(), type));
  }

  /** A prefix that was handed out; its keys go when the test's store closes. */
  private record UsedPrefix(RedisServer server, KeyPrefix prefix) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      new Inspection(server.endpoint()).deleteKeys(prefix);
    }
  }
}
