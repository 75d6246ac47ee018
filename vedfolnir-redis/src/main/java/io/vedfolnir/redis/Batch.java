// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.RedisAsyncCommandsImpl;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.protocol.RedisCommand;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Commands that are collected first and then written to a connection in one piece.
 *
 * <p>Lettuce flushes each command by itself, or else switches flushing off for a whole connection,
 * which threads that share it cannot do. So the commands are made against a recorder and dispatched
 * as one collection: one write, nothing of another thread in between, and no half of a transaction
 * when the connection goes away while it is built.
 *
 * <p>Used by one thread, once.
 */
final class Batch {

  private final List<RedisCommand<String, byte[], ?>> recorded = new ArrayList<>();
  private final RedisAsyncCommands<String, byte[]> commands;

  Batch(RedisCodec<String, byte[]> codec) {
    this.commands = new RedisAsyncCommandsImpl<>(recorder(), codec);
  }

  /** Where to queue the commands. */
  RedisAsyncCommands<String, byte[]> commands() {
    return commands;
  }

  int size() {
    return recorded.size();
  }

  /** Done when every command is answered; at once if there is none. */
  CompletionStage<?> lastReply() {
    return recorded.isEmpty()
        ? CompletableFuture.completedFuture(null)
        : (CompletionStage<?>) recorded.get(recorded.size() - 1);
  }

  /**
   * Writes what was collected.
   *
   * <p>The connection keeps note of an open transaction, so from MULTI to EXEC nothing else may be
   * dispatched on it while this method runs; the caller sees to that.
   */
  void dispatch(StatefulRedisConnection<String, byte[]> connection) {
    connection.dispatch(recorded);
  }

  /**
   * The reply to a transaction that was dispatched here, with the reason if it was refused.
   *
   * <p>Commands inside MULTI are completed by EXEC; their own futures are read by nobody, so when
   * Redis aborts the whole (EXECABORT), the reason is taken from the first that failed.
   *
   * @param exec reply to EXEC, the last command that was recorded
   */
  CompletableFuture<TransactionResult> answered(CompletableFuture<TransactionResult> exec) {
    return exec.exceptionallyCompose(
        failure -> CompletableFuture.failedFuture(cause(recorded, failure)));
  }

  private static Throwable cause(
      List<RedisCommand<String, byte[], ?>> sent, Throwable execFailure) {
    if (String.valueOf(execFailure.getMessage()).contains("EXECABORT")) {
      for (RedisCommand<String, byte[], ?> command : sent) {
        if (command instanceof CompletableFuture<?> future && future.isCompletedExceptionally()) {
          Throwable own = future.handle((value, failure) -> failure).getNow(null);
          if (own != null && !String.valueOf(own.getMessage()).contains("EXECABORT")) {
            return own;
          }
        }
      }
    }
    return execFailure;
  }

  @SuppressWarnings("unchecked")
  private StatefulRedisConnection<String, byte[]> recorder() {
    return (StatefulRedisConnection<String, byte[]>)
        Proxy.newProxyInstance(
            Batch.class.getClassLoader(),
            new Class<?>[] {StatefulRedisConnection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("dispatch")
                  && arguments[0] instanceof RedisCommand<?, ?, ?> command) {
                recorded.add((RedisCommand<String, byte[], ?>) command);
                return command;
              }
              throw new UnsupportedOperationException(
                  "only commands can be collected here, not " + method.getName());
            });
  }
}
