// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.redis.DedicatedConnection;
import io.vedfolnir.redis.Pipeline;
import io.vedfolnir.redis.RedisAccess;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The worker's own connection, on which rounds follow one another. What one round watches guards
 * the transaction of the next, so the line never comes back by itself: a decision that was made
 * over the old connection is not written over a new one. Main thread only.
 */
final class Line implements AutoCloseable {

  private final RedisAccess redis;
  private @Nullable DedicatedConnection connection;
  private boolean watching;

  Line(RedisAccess redis) {
    this.redis = redis;
  }

  /** Whether what was watched is watched still. */
  boolean isUp() {
    return connection != null && connection.isOpen();
  }

  /** Begins a round, over a new connection if there is none. */
  Pipeline round() {
    if (connection == null || !connection.isOpen()) {
      close();
      connection = redis.dedicate(Duration.ZERO);
    }
    return connection.pipeline();
  }

  /** Watches these keys, and no others. */
  Reply<String> watch(Pipeline round, String[] keys) {
    if (watching) {
      round.read(commands -> commands.unwatch());
    }
    watching = true;
    return new Reply<>(round.read(commands -> commands.watch(keys)));
  }

  /** A transaction was sent: nothing is watched any more. */
  void ended() {
    watching = false;
  }

  @Override
  public void close() {
    watching = false;
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }
}
