// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A connection of one's own: for commands that block, since a blocking pop on a shared connection
 * would stop everybody else, and for a row of {@linkplain #pipeline() pipelines} that watch keys
 * from one to the next.
 *
 * <p>It does not reconnect. When it fails, close it and ask for a new one; so its owner always
 * knows that something may have been lost. Thread-safe.
 */
public final class DedicatedConnection implements AutoCloseable {

  private final StatefulRedisConnection<String, byte[]> connection;

  DedicatedConnection(
      StatefulRedisConnection<String, byte[]> connection, Duration longestBlock, Duration timeout) {
    this.connection = connection;
    connection.setTimeout(longestBlock.plus(timeout));
  }

  /**
   * Sends one command that may block up to the time this connection was made for.
   *
   * @return its reply, or a {@link RedisAccessException}
   */
  public <T> CompletionStage<T> call(
      Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> command) {
    return RedisAccess.mapped(() -> command.apply(connection.async()), Failures::ofWrite);
  }

  /** Begins a pipeline; one at a time, since what it watches belongs to the connection. */
  public Pipeline pipeline() {
    return new Pipeline(connection);
  }

  /** False once the connection has ended, by whichever side. */
  public boolean isOpen() {
    return connection.isOpen();
  }

  /** Ends the connection; a command in flight fails. */
  @Override
  public void close() {
    connection.close();
  }
}
