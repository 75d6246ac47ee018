// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What a {@link WatchedTransaction} does about what it has read: write, or stop.
 *
 * @param <T> result of the transaction
 */
public sealed interface Decision<T> {

  /** Writes nothing and ends with this value. */
  static <T> Decision<T> stop(T value) {
    return new Stop<>(value);
  }

  /**
   * Writes these commands in one {@code MULTI … EXEC}, unless a watched key has changed meanwhile.
   *
   * @param commands queues the commands; their replies are read from the {@link TransactionReply},
   *     not from the futures
   * @param result makes the result of the replies, in the order of the commands
   */
  static <T> Decision<T> write(
      Consumer<RedisAsyncCommands<String, byte[]>> commands, Function<TransactionReply, T> result) {
    return new Write<>(commands, result);
  }

  /** See {@link Decision#stop}. */
  record Stop<T>(T value) implements Decision<T> {}

  /** See {@link Decision#write}. */
  record Write<T>(
      Consumer<RedisAsyncCommands<String, byte[]>> commands, Function<TransactionReply, T> result)
      implements Decision<T> {}
}
