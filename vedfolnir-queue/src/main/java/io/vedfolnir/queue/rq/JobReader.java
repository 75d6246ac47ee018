// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.lettuce.core.KeyValue;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.JobResult.Outcome;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.QueueException;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.redis.RedisAccess;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads jobs and their results, and changes nothing. */
final class JobReader {

  private final RedisAccess redis;
  private final RqKeys keys;
  private final PayloadCodec codec;

  JobReader(RedisAccess redis, RqKeys keys, PayloadCodec codec) {
    this.redis = redis;
    this.keys = keys;
    this.codec = codec;
  }

  /** A job and its newest result as they lie in Redis at one moment, or nearly. */
  record Seen(
      String id,
      boolean exists,
      JobHash.Reading reading,
      List<StreamMessage<String, byte[]>> newest) {

    JobHash hash() {
      if (reading instanceof JobHash.Whole whole) {
        return whole.hash();
      }
      throw new QueueException.Unreadable(
          id, "not as RQ writes it: " + ((JobHash.Broken) reading).fields());
    }

    String lastEntry() {
      return newest.isEmpty() ? "0-0" : newest.get(0).getId();
    }

    // An entry of an earlier run is not the end of a job that was queued again.
    boolean isOver(JobResult result) {
      return isFinal(result.outcome()) && (!exists || hash().status().isEnded());
    }
  }

  static boolean isFinal(Outcome outcome) {
    return outcome != Outcome.RETRIED && outcome != Outcome.UNKNOWN;
  }

  CompletionStage<Optional<Job>> find(String id) {
    return snapshot(id)
        .thenCompose(
            seen ->
                seen.exists()
                    ? result(seen).thenApply(result -> Optional.of(seen.hash().job(result)))
                    : CompletableFuture.completedFuture(Optional.empty()));
  }

  CompletionStage<Optional<JobResult>> findResult(String id) {
    return snapshot(id).thenCompose(this::result);
  }

  /** All results that are kept, the newest first; what old versions left in the hash otherwise. */
  CompletionStage<List<JobResult>> history(String id) {
    return redis
        .<List<StreamMessage<String, byte[]>>>read(
            commands -> commands.xrevrange(keys.results(id), Range.unbounded()))
        .thenCompose(
            entries ->
                entries.isEmpty()
                    ? findResult(id).thenApply(result -> result.stream().toList())
                    : CompletableFuture.completedFuture(
                        entries.stream().map(entry -> ResultEntry.read(entry, codec)).toList()));
  }

  CompletionStage<Seen> snapshot(String id) {
    String job = keys.job(id);
    String results = keys.results(id);
    return redis.readTogether(
        commands -> {
          CompletionStage<Long> payload = commands.hstrlen(job, "data");
          CompletionStage<List<KeyValue<String, byte[]>>> fields =
              commands.hmget(job, JobHash.fields());
          CompletionStage<List<StreamMessage<String, byte[]>>> newest =
              commands.xrevrange(results, Range.unbounded(), Limit.from(1));
          return payload
              .thenCombine(
                  fields, (size, hash) -> new Seen(id, size > 0, JobHash.read(id, hash), List.of()))
              .thenCombine(
                  newest, (seen, entry) -> new Seen(id, seen.exists(), seen.reading(), entry));
        });
  }

  CompletionStage<Optional<JobResult>> result(Seen seen) {
    if (!seen.newest().isEmpty()) {
      return CompletableFuture.completedFuture(
          Optional.of(ResultEntry.read(seen.newest().get(0), codec)));
    }
    if (!seen.exists() || !(seen.reading() instanceof JobHash.Whole)) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    JobStatus status = seen.hash().status();
    if (status != JobStatus.FINISHED && status != JobStatus.FAILED) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return redis
        .<List<KeyValue<String, byte[]>>>read(
            commands -> commands.hmget(keys.job(seen.id()), "result", "exc_info"))
        .thenApply(
            fields ->
                ResultEntry.legacy(
                    status == JobStatus.FINISHED ? Outcome.SUCCESSFUL : Outcome.FAILED,
                    seen.hash().endedAt().orElse(Instant.EPOCH),
                    fields.get(0).getValueOrElse(null),
                    fields.get(1).getValueOrElse(null),
                    codec));
  }
}
