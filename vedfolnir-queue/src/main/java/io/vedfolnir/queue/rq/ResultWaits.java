// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.redis.RedisAccess;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * All waits for results of one queue object, on one connection. Thread-safe.
 *
 * <p>The connection is opened for the first wait and closed when nobody has waited for a while.
 * When it fails, all waits fail with it; the results stay in Redis, so waiting again loses nothing.
 */
final class ResultWaits implements AutoCloseable {

  private final RedisAccess redis;
  private final PayloadCodec codec;
  private final WaitingThreads threads = new WaitingThreads();
  private final String bell;
  private @Nullable WaitRounds rounds;
  private boolean closed;

  ResultWaits(RedisAccess redis, RqKeys keys, PayloadCodec codec) {
    this.redis = redis;
    this.codec = codec;
    this.bell = keys.waits(UUID.randomUUID().toString());
  }

  /** The first final result in a stream after an entry; empty when the time is over. */
  CompletionStage<Optional<JobResult>> await(String stream, String after, long deadlineNanos) {
    ResultWait wait = new ResultWait(stream, after, deadlineNanos, codec);
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedFuture(new IllegalStateException("the queue is closed"));
      }
      if (rounds == null || !rounds.join(wait)) {
        rounds = new WaitRounds(redis, threads, bell, wait);
        rounds.start();
      }
    }
    return wait.result();
  }

  /** Ends all waits with an {@link IllegalStateException}. */
  @Override
  public synchronized void close() {
    closed = true;
    if (rounds != null) {
      rounds.fail(new IllegalStateException("the queue was closed during the wait"));
    }
    threads.close();
  }
}
