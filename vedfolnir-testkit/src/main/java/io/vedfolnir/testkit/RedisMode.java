// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

/** Where the Redis of the tests comes from. */
public enum RedisMode {
  /** A server that somebody else runs, named by {@code VEDFOLNIR_TEST_REDIS_URI}. */
  EXTERNAL,
  /** A container, started through Testcontainers. */
  DOCKER,
  /** The {@code redis-server} of this machine, 7.0 or newer, found on {@code PATH}. */
  PATH,
  /** The Redis 7.0.15 inside {@code org.signal:embedded-redis}, for Linux and macOS. */
  BUNDLED
}
