// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.lettuce.core.KeyValue;
import io.vedfolnir.queue.AsyncJobInspector;
import io.vedfolnir.queue.AsyncJobQueue;
import io.vedfolnir.queue.DependentJobs;
import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Explanation;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.JobResult.Outcome;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.JobType;
import io.vedfolnir.queue.QueueException;
import io.vedfolnir.queue.QueueSettings;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.queue.codec.PayloadLimits;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.redis.WatchedTransaction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** All that a producer and reader of jobs does, once; {@link RqJobQueue} waits for it. */
final class RqAsyncJobQueue implements AsyncJobQueue, AutoCloseable {

  private static final int TRIES = 20;

  private final RedisAccess redis;
  private final String name;
  private final QueueSettings settings;
  private final RqKeys keys;
  private final PayloadCodec codec;
  private final JobReader reader;
  private final ResultWaits waits;
  private final AsyncJobInspector inspector;

  RqAsyncJobQueue(RedisAccess redis, String name, QueueSettings settings) {
    this.redis = redis;
    this.name = RqKeys.name(name);
    this.settings = settings;
    this.keys = new RqKeys(settings.keyPrefix());
    this.codec = new PayloadCodec(PayloadLimits.defaults());
    this.reader = new JobReader(redis, keys, codec);
    this.waits = new ResultWaits(redis, keys, codec);
    this.inspector = new RqAsyncJobInspector(redis, settings);
  }

  String name() {
    return name;
  }

  @Override
  public <A extends Record> CompletionStage<Job> enqueue(
      JobType<A, ?> type, A arguments, Enqueue options) {
    return enqueue(
        new RemoteCall(type.function(), List.of(), RecordValues.kwargs(arguments)), options);
  }

  @Override
  public CompletionStage<Job> enqueue(RemoteCall call, Enqueue options) {
    NewJob job = new NewJob(name, call, options, settings, codec, redis.clock().instant());
    CompletionStage<Job> enqueued = options.id().isPresent() ? onlyOnce(job) : append(job);
    return enqueued.exceptionallyCompose(
        failure ->
            CompletableFuture.failedFuture(
                unwrap(failure) instanceof RedisAccessException.OutcomeUnknown unknown
                    ? new QueueException.OutcomeUnknown(job.id(), unknown)
                    : unwrap(failure)));
  }

  // Nobody else can know a random id, so there is nothing to watch.
  private CompletionStage<Job> append(NewJob job) {
    return redis
        .transact(transaction -> job.write(transaction, keys))
        .thenApply(
            reply -> {
              reply.orThrow();
              return job.job();
            });
  }

  // WATCH closes the gap between looking and writing, also against the first try of this very call
  // that is still on its way: whichever comes second sees the other.
  private CompletionStage<Job> onlyOnce(NewJob job) {
    String key = keys.job(job.id());
    return redis
        .watched(
            new WatchedTransaction<>(
                List.of(key),
                commands ->
                    commands
                        .hstrlen(key, "data")
                        .thenCombine(
                            commands.hmget(key, JobHash.FINGERPRINT, "origin"), Existing::new),
                existing -> decide(job, existing),
                TRIES))
        .thenCompose(
            written ->
                written
                    ? CompletableFuture.completedFuture(job.job())
                    : find(job.id()).thenApply(found -> found.orElseGet(job::job)));
  }

  private record Existing(long payload, List<KeyValue<String, byte[]>> fields) {
    boolean isSame(NewJob job) {
      return fields.get(0).hasValue()
          && RqKeys.text(fields.get(0).getValue()).equals(job.fingerprint());
    }
  }

  private Decision<Boolean> decide(NewJob job, Existing existing) {
    if (existing.payload() == 0) {
      return Decision.write(
          transaction -> job.write(transaction, keys),
          reply -> {
            reply.orThrow();
            return true;
          });
    }
    if (existing.isSame(job)) {
      return Decision.stop(false);
    }
    throw new QueueException.Duplicate(job.id());
  }

  @Override
  public CompletionStage<Optional<Job>> find(String id) {
    return reader.find(id);
  }

  @Override
  public CompletionStage<Optional<JobResult>> findResult(String id) {
    return reader.findResult(id);
  }

  @Override
  public <R> CompletionStage<Optional<R>> findResult(JobType<?, R> type, String id) {
    return findResult(id)
        .thenApply(
            result ->
                result
                    .filter(known -> JobReader.isFinal(known.outcome()))
                    .flatMap(known -> value(id, known))
                    .map(value -> typed(id, value, type.result())));
  }

  @Override
  public CompletionStage<JobResult> await(String id, Duration atMost) {
    if (atMost.isNegative() || atMost.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("wait between 0 and 1 day");
    }
    long deadline = System.nanoTime() + atMost.toNanos();
    return reader
        .snapshot(id)
        .thenCompose(
            seen ->
                reader
                    .result(seen)
                    .thenCompose(
                        result ->
                            result.filter(seen::isOver).isPresent()
                                ? CompletableFuture.completedFuture(result)
                                : waits.await(keys.results(id), seen.lastEntry(), deadline)))
        .thenCompose(
            result -> result.map(CompletableFuture::completedStage).orElseGet(() -> tooLate(id)));
  }

  @Override
  public <R> CompletionStage<R> await(JobType<?, R> type, String id, Duration atMost) {
    return await(id, atMost)
        .thenApply(
            result ->
                typed(
                    id,
                    value(id, result)
                        .orElseThrow(
                            () ->
                                new QueueException.ResultRefused(
                                    id, "the function returned None; use await(id, …)")),
                    type.result()));
  }

  @Override
  public CompletionStage<Explanation> explain(String id) {
    return inspector.explain(id);
  }

  @Override
  public CompletionStage<Boolean> requeue(String id) {
    return inspector.requeue(id);
  }

  @Override
  public CompletionStage<Boolean> cancel(String id) {
    return inspector.cancel(id, DependentJobs.LEAVE);
  }

  @Override
  public CompletionStage<Boolean> delete(String id) {
    return inspector.delete(id, DependentJobs.LEAVE);
  }

  @Override
  public void close() {
    waits.close();
  }

  private CompletionStage<JobResult> tooLate(String id) {
    return reader
        .snapshot(id)
        .thenCompose(
            seen ->
                CompletableFuture.failedFuture(
                    new QueueException.ResultTimeout(
                        id, seen.exists() ? seen.hash().status() : JobStatus.UNKNOWN)));
  }

  private static Optional<Object> value(String id, JobResult result) {
    if (result.outcome() != Outcome.SUCCESSFUL) {
      throw new QueueException.JobFailed(id, result.exceptionText().orElse(""));
    }
    result
        .refusal()
        .ifPresent(
            refusal -> {
              throw new QueueException.ResultRefused(id, refusal);
            });
    return result.value();
  }

  private static <R> R typed(String id, Object value, Class<R> type) {
    try {
      return RecordValues.result(value, type);
    } catch (IllegalArgumentException e) {
      throw new QueueException.ResultRefused(id, String.valueOf(e.getMessage()));
    }
  }

  private static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
