// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Commands that go to a {@link DedicatedConnection} in one write, in the order in which they were
 * asked for: the end of what was watched before, the beginning of what is watched next, and reads.
 *
 * <p>Nothing is sent before {@link #send()}. Used by one thread, once.
 */
public final class Pipeline {

  private final StatefulRedisConnection<String, byte[]> connection;
  private final Batch batch = new Batch(Connector.CODEC);
  private final List<CompletableFuture<?>> answers = new ArrayList<>();

  Pipeline(StatefulRedisConnection<String, byte[]> connection) {
    this.connection = connection;
  }

  /**
   * Adds one command that changes something; it must not block.
   *
   * @return its reply, or a {@link RedisAccessException}
   */
  public <T> CompletionStage<T> call(
      Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> command) {
    return noted(RedisAccess.mapped(() -> command.apply(batch.commands()), Failures::ofWrite));
  }

  /**
   * Adds one command that changes nothing, or a WATCH.
   *
   * @return its reply, or a {@link RedisAccessException}
   */
  public <T> CompletionStage<T> read(
      Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> command) {
    return noted(RedisAccess.mapped(() -> command.apply(batch.commands()), Failures::ofRead));
  }

  /**
   * Adds a {@code MULTI … EXEC}.
   *
   * @return its replies; empty if a key that was watched on this connection had changed, so that
   *     nothing was done
   */
  public CompletionStage<Optional<TransactionReply>> transact(
      Consumer<RedisAsyncCommands<String, byte[]>> commands) {
    return noted(
        RedisAccess.mapped(
            () ->
                batch
                    .answered(Transactions.record(batch, commands))
                    .thenApply(
                        outcome ->
                            outcome.wasDiscarded()
                                ? Optional.<TransactionReply>empty()
                                : Optional.of(Transactions.reply(outcome))),
            Failures::ofWrite));
  }

  /**
   * Writes it all. Done, and never failed, when every reply is there or will not come.
   *
   * @throws RedisAccessException if nothing was sent, such as when these are more commands than may
   *     wait for a reply at once
   */
  public CompletionStage<Void> send() {
    try {
      batch.dispatch(connection);
    } catch (RuntimeException e) {
      throw Failures.ofWrite(e);
    }
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .exceptionally(failure -> null);
  }

  private <T> CompletionStage<T> noted(CompletionStage<T> answer) {
    answers.add(answer.toCompletableFuture());
    return answer;
  }
}
