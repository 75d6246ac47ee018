// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything that happens in Redis all at once or not at all: the one seam for atomicity. */
final class Transactions {

  private final SharedConnection unwatched;
  private final ReentrantLock unwatchedLock = new ReentrantLock();
  private final TransactionPool pool;
  private final Executor decisions;
  private final ScheduledExecutorService pauses;

  Transactions(
      SharedConnection unwatched,
      TransactionPool pool,
      Executor decisions,
      ScheduledExecutorService pauses) {
    this.unwatched = unwatched;
    this.pool = pool;
    this.decisions = decisions;
    this.pauses = pauses;
  }

  CompletionStage<TransactionReply> unwatched(
      Consumer<RedisAsyncCommands<String, byte[]>> commands) {
    return RedisAccess.mapped(
            () -> {
              Batch batch = new Batch(Connector.CODEC);
              CompletableFuture<TransactionResult> exec = record(batch, commands);
              // The lock is held for the dispatch only: nothing may get between MULTI and EXEC.
              unwatchedLock.lock();
              try {
                unwatched.send(batch);
              } finally {
                unwatchedLock.unlock();
              }
              return batch.answered(exec);
            },
            Failures::ofWrite)
        .thenApply(Transactions::reply);
  }

  /** Keeps the connection of the unwatched transactions alive. */
  CompletionStage<String> ping() {
    return RedisAccess.mapped(
        () -> {
          unwatchedLock.lock();
          try {
            return unwatched.send(RedisAsyncCommands::ping);
          } finally {
            unwatchedLock.unlock();
          }
        },
        Failures::ofRead);
  }

  <R, T> CompletionStage<T> watched(WatchedTransaction<R, T> transaction) {
    CompletableFuture<T> result = new CompletableFuture<>();
    attempt(transaction, 1, result);
    return result;
  }

  private <R, T> void attempt(
      WatchedTransaction<R, T> transaction, int number, CompletableFuture<T> result) {
    pool.borrow()
        .whenComplete(
            (loan, failure) -> {
              if (failure != null) {
                result.completeExceptionally(Failures.ofConnect(failure));
              } else {
                read(transaction, number, loan, result);
              }
            });
  }

  private <R, T> void read(
      WatchedTransaction<R, T> transaction,
      int number,
      TransactionPool.Loan loan,
      CompletableFuture<T> result) {
    RedisAccess.mapped(
            () -> {
              Batch batch = new Batch(Connector.CODEC);
              CompletionStage<String> watch =
                  batch.commands().watch(transaction.keys().toArray(String[]::new));
              CompletionStage<R> read = transaction.read().apply(batch.commands());
              batch.dispatch(loan.connection());
              return watch.thenCombine(read, (ok, value) -> value);
            },
            Failures::ofRead)
        .whenCompleteAsync(
            (value, failure) -> {
              if (failure != null) {
                afterFailedRead(loan, failure);
                result.completeExceptionally(failure);
              } else {
                decide(transaction, number, loan, value, result);
              }
            },
            decisions);
  }

  /** An error reply leaves the connection as good as it was; anything else makes it doubtful. */
  private void afterFailedRead(TransactionPool.Loan loan, Throwable failure) {
    if (failure instanceof RedisAccessException answered && answered.code().isPresent()) {
      unwatch(loan);
    } else {
      pool.discard(loan); // whatever it watches goes with it
    }
  }

  private <R, T> void decide(
      WatchedTransaction<R, T> transaction,
      int number,
      TransactionPool.Loan loan,
      R value,
      CompletableFuture<T> result) {
    Decision<T> decision;
    try {
      decision = transaction.decide().apply(value);
    } catch (Throwable failure) {
      unwatch(loan);
      result.completeExceptionally(failure);
      return;
    }
    if (decision instanceof Decision.Write<T> write) {
      write(transaction, number, loan, write, result);
    } else {
      unwatch(loan);
      result.complete(((Decision.Stop<T>) decision).value());
    }
  }

  private <R, T> void write(
      WatchedTransaction<R, T> transaction,
      int number,
      TransactionPool.Loan loan,
      Decision.Write<T> write,
      CompletableFuture<T> result) {
    RedisAccess.mapped(
            () -> {
              Batch batch = new Batch(Connector.CODEC);
              CompletableFuture<TransactionResult> exec = record(batch, write.commands());
              batch.dispatch(loan.connection());
              return batch.answered(exec);
            },
            Failures::ofWrite)
        .whenComplete(
            (outcome, failure) -> {
              if (failure != null) {
                pool.discard(loan);
                result.completeExceptionally(failure);
              } else if (outcome.wasDiscarded()) {
                pool.giveBack(loan);
                again(transaction, number, result);
              } else {
                pool.giveBack(loan);
                complete(result, () -> write.result().apply(reply(outcome)));
              }
            });
  }

  private <R, T> void again(
      WatchedTransaction<R, T> transaction, int number, CompletableFuture<T> result) {
    if (number >= transaction.maxTries()) {
      result.completeExceptionally(new WatchConflictException(number));
      return;
    }
    // Full jitter, growing: rivals that collided once should not meet again in step.
    long mostMicros = Math.min(20_000, 200L << Math.min(number, 10));
    pauses.schedule(
        () -> attempt(transaction, number + 1, result),
        ThreadLocalRandom.current().nextLong(mostMicros),
        TimeUnit.MICROSECONDS);
  }

  /** Forgets what is watched, without waiting: the next borrower's commands queue behind it. */
  private void unwatch(TransactionPool.Loan loan) {
    loan.connection().async().unwatch();
    pool.giveBack(loan);
  }

  static CompletableFuture<TransactionResult> record(
      Batch batch, Consumer<RedisAsyncCommands<String, byte[]>> commands) {
    batch.commands().multi();
    commands.accept(batch.commands());
    return batch.commands().exec().toCompletableFuture();
  }

  static TransactionReply reply(TransactionResult outcome) {
    List<@Nullable Object> replies = new ArrayList<>(outcome.size());
    for (int i = 0; i < outcome.size(); i++) {
      replies.add(outcome.get(i));
    }
    return new TransactionReply(replies);
  }

  private static <T> void complete(CompletableFuture<T> result, Supplier<T> value) {
    try {
      result.complete(value.get());
    } catch (Throwable failure) {
      result.completeExceptionally(failure);
    }
  }
}
