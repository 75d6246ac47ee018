// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the environment says about the Redis of the tests. Each name is looked up as a system
 * property first and as an environment variable second.
 */
final class Settings {
  static final String URI = "VEDFOLNIR_TEST_REDIS_URI";
  static final String MODE = "VEDFOLNIR_TEST_REDIS";
  static final String IMAGE = "VEDFOLNIR_TEST_REDIS_IMAGE";
  static final String REQUIRE = "VEDFOLNIR_REQUIRE";

  private final Lookup properties;
  private final Lookup environment;

  /** Finds the value of a name, or null. */
  interface Lookup {
    @Nullable String find(String name);
  }

  Settings(Lookup properties, Lookup environment) {
    this.properties = properties;
    this.environment = environment;
  }

  static Settings ofThisProcess() {
    return new Settings(System::getProperty, System::getenv);
  }

  /** The server to use instead of starting one: {@value #URI}. */
  Optional<String> uri() {
    return find("vedfolnir.test.redis.uri", URI, UnaryOperator.identity());
  }

  /** The pinned way to start a server: {@value #MODE}. */
  Optional<RedisMode> mode() {
    return find("vedfolnir.test.redis", MODE, text -> text.toLowerCase(Locale.ROOT))
        .map(Settings::parse);
  }

  /** The container's image: {@value #IMAGE}; default {@code redis:7-alpine}. */
  String image() {
    return find("vedfolnir.testkit.redis.image", IMAGE, UnaryOperator.identity())
        .orElse("redis:7-alpine");
  }

  /** What must not be missing on this machine: {@value #REQUIRE}, such as {@code redis,docker}. */
  String require() {
    return find("vedfolnir.require", REQUIRE, text -> text.toLowerCase(Locale.ROOT)).orElse("");
  }

  private static RedisMode parse(String text) {
    return switch (text) {
      case "docker" -> RedisMode.DOCKER;
      case "path" -> RedisMode.PATH;
      case "bundled" -> RedisMode.BUNDLED;
      default ->
          throw new IllegalArgumentException(
              MODE + " must be docker, path or bundled but is " + text);
    };
  }

  private Optional<String> find(String property, String variable, UnaryOperator<String> change) {
    return Optional.ofNullable(properties.find(property))
        .or(() -> Optional.ofNullable(environment.find(variable)))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .map(change);
  }
}
