// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.redis.DedicatedConnection;
import io.vedfolnir.redis.RedisAccess;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * One wait for the end of one job: {@code XREAD BLOCK} on a connection that is opened for it and
 * closed after it.
 */
final class ResultWait {

  /** A silent connection is noticed after so long at the latest. */
  private static final Duration LONGEST_BLOCK = Duration.ofSeconds(30);

  private final RedisAccess redis;
  private final String stream;
  private final PayloadCodec codec;
  private final Executor threads;

  ResultWait(RedisAccess redis, String stream, PayloadCodec codec, Executor threads) {
    this.redis = redis;
    this.stream = stream;
    this.codec = codec;
    this.threads = threads;
  }

  /** The first final result after an entry; empty when the time is over. */
  CompletionStage<Optional<JobResult>> await(String after, long deadlineNanos) {
    if (deadlineNanos - System.nanoTime() <= 0) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    // Opening and closing block, which a network thread must not.
    return CompletableFuture.supplyAsync(() -> redis.dedicate(LONGEST_BLOCK), threads)
        .thenCompose(
            connection ->
                read(connection, after, deadlineNanos)
                    .whenCompleteAsync((result, failure) -> connection.close(), threads));
  }

  @SuppressWarnings("unchecked") // one stream offset as a generic vararg
  private CompletionStage<Optional<JobResult>> read(
      DedicatedConnection connection, String after, long deadlineNanos) {
    long left = (deadlineNanos - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    long block = Math.min(left, LONGEST_BLOCK.toMillis());
    return connection
        .<List<StreamMessage<String, byte[]>>>call(
            commands ->
                commands.xread(XReadArgs.Builder.block(block), StreamOffset.from(stream, after)))
        .thenCompose(
            entries -> {
              if (entries == null || entries.isEmpty()) {
                return read(connection, after, deadlineNanos);
              }
              StreamMessage<String, byte[]> newest = entries.get(entries.size() - 1);
              JobResult result = ResultEntry.read(newest, codec);
              return RqAsyncJobQueue.isFinal(result.outcome())
                  ? CompletableFuture.completedFuture(Optional.of(result))
                  : read(connection, newest.getId(), deadlineNanos);
            });
  }
}
