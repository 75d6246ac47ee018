// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections on which transactions watch keys; each is lent to one transaction at a time.
 *
 * <p>Opened when needed, up to a bound; beyond it, callers wait in order. Thread-safe and never
 * blocking.
 */
final class TransactionPool implements AutoCloseable {

  /** One connection of the pool. */
  interface Loan {
    StatefulRedisConnection<String, byte[]> connection();
  }

  private record Lent(StatefulRedisConnection<String, byte[]> connection) implements Loan {}

  private final Supplier<CompletionStage<StatefulRedisConnection<String, byte[]>>> connect;
  private final int bound;
  private final Deque<StatefulRedisConnection<String, byte[]>> idle = new ArrayDeque<>();
  private final Deque<CompletableFuture<Loan>> waiting = new ArrayDeque<>();
  private int open;
  private boolean closed;

  TransactionPool(
      Supplier<CompletionStage<StatefulRedisConnection<String, byte[]>>> connect, int bound) {
    this.connect = connect;
    this.bound = bound;
  }

  /** Lends a connection, at once or when one comes back. */
  CompletionStage<Loan> borrow() {
    CompletableFuture<Loan> loan = new CompletableFuture<>();
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedFuture(new IllegalStateException("RedisAccess is closed"));
      }
      StatefulRedisConnection<String, byte[]> ready = nextIdle();
      if (ready != null) {
        loan.complete(new Lent(ready));
        return loan;
      }
      if (open >= bound) {
        waiting.addLast(loan);
        return loan;
      }
      open++;
    }
    openFor(loan);
    return loan;
  }

  /** Takes back a connection that is in a clean state: nothing watched, no open transaction. */
  void giveBack(Loan loan) {
    CompletableFuture<Loan> next;
    synchronized (this) {
      if (closed || !loan.connection().isOpen()) {
        next = null;
      } else {
        next = waiting.pollFirst();
        if (next == null) {
          idle.addFirst(loan.connection()); // the warmest first, so that the others may rest
          return;
        }
      }
    }
    if (next == null) {
      discard(loan);
    } else {
      next.complete(loan);
    }
  }

  /** Ends a connection whose state is not known, and opens another if somebody waits. */
  void discard(Loan loan) {
    end(loan.connection());
    gone();
  }

  private void gone() {
    CompletableFuture<Loan> next;
    synchronized (this) {
      next = closed ? null : waiting.pollFirst();
      if (next == null) {
        open--;
        return;
      }
    }
    openFor(next);
  }

  private void openFor(CompletableFuture<Loan> loan) {
    CompletionStage<StatefulRedisConnection<String, byte[]>> connecting;
    try {
      connecting = connect.get();
    } catch (RuntimeException e) {
      gone();
      loan.completeExceptionally(Failures.ofConnect(e));
      return;
    }
    connecting.whenComplete(
        (connection, failure) -> {
          if (failure != null) {
            gone();
            loan.completeExceptionally(Failures.ofConnect(failure));
          } else {
            loan.complete(new Lent(connection));
          }
        });
  }

  private @Nullable StatefulRedisConnection<String, byte[]> nextIdle() {
    StatefulRedisConnection<String, byte[]> candidate;
    while ((candidate = idle.pollFirst()) != null) {
      if (candidate.isOpen()) {
        return candidate;
      }
      end(candidate); // the server ended it while it was idle
      open--;
    }
    return null;
  }

  private static void end(StatefulRedisConnection<String, byte[]> connection) {
    connection.closeAsync(); // nobody waits for the end of a connection
  }

  /** Refuses whoever waits; the connections themselves are ended by the client they belong to. */
  @Override
  public void close() {
    Deque<CompletableFuture<Loan>> refused;
    synchronized (this) {
      closed = true;
      refused = new ArrayDeque<>(waiting);
      waiting.clear();
      idle.clear();
    }
    refused.forEach(
        loan -> loan.completeExceptionally(new IllegalStateException("RedisAccess is closed")));
  }
}
