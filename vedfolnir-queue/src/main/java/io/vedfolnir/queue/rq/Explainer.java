// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.KeyValue;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.Explanation;
import io.vedfolnir.queue.JobRegistry;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.WorkerInfo;
import io.vedfolnir.redis.RedisAccess;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Finds the one reason for which a job does not run. */
final class Explainer {

  /** A job may move on between two looks; after so many it is told as it was seen. */
  private static final int LOOKS = 3;

  private final RedisAccess redis;
  private final RqKeys keys;
  private final JobReader reader;
  private final JobSteering steering;
  private final QueueOverview overview;

  Explainer(
      RedisAccess redis,
      RqKeys keys,
      JobReader reader,
      JobSteering steering,
      QueueOverview overview) {
    this.redis = redis;
    this.keys = keys;
    this.reader = reader;
    this.steering = steering;
    this.overview = overview;
  }

  CompletionStage<Explanation> explain(String id) {
    return explain(id, 1);
  }

  private CompletionStage<Explanation> explain(String id, int look) {
    return reader
        .snapshot(id)
        .thenCompose(
            seen ->
                explain(seen)
                    .thenCompose(
                        explanation ->
                            explanation instanceof Explanation.Stranded && look < LOOKS
                                ? explain(id, look + 1)
                                : CompletableFuture.completedFuture(explanation)));
  }

  private CompletionStage<Explanation> explain(JobReader.Seen seen) {
    if (!seen.exists()) {
      return gone(seen);
    }
    if (seen.reading() instanceof JobHash.Broken broken) {
      return told(new Explanation.Unreadable(broken.fields()));
    }
    JobHash job = seen.hash();
    Optional<String> queue = job.origin().filter(RqKeys::isQueueName);
    if (queue.isEmpty()) {
      return told(new Explanation.Unreadable(List.of("origin")));
    }
    return switch (job.status()) {
      case QUEUED -> queued(job, queue.get());
      case STARTED -> started(job, queue.get());
      case DEFERRED -> deferred(job);
      case SCHEDULED -> scheduled(job, queue.get());
      case FINISHED, FAILED, STOPPED, CANCELED ->
          told(new Explanation.Ended(job.status(), job.endedAt()));
      default -> told(new Explanation.Other(job.status()));
    };
  }

  private static CompletionStage<Explanation> told(Explanation explanation) {
    return CompletableFuture.completedFuture(explanation);
  }

  private CompletionStage<Explanation> gone(JobReader.Seen seen) {
    return steering
        .queues()
        .thenCompose(
            queues ->
                redis
                    .<List<List<JobRegistry>>>readTogether(
                        commands ->
                            Stages.all(
                                queues.stream()
                                    .map(queue -> places(commands, queue, seen.id()))
                                    .toList()))
                    .thenApply(
                        found -> {
                          Map<String, List<JobRegistry>> places = new LinkedHashMap<>();
                          for (int i = 0; i < queues.size(); i++) {
                            if (!found.get(i).isEmpty()) {
                              places.put(queues.get(i), found.get(i));
                            }
                          }
                          return places.isEmpty() && seen.newest().isEmpty()
                              ? new Explanation.Unknown()
                              : new Explanation.Ghost(places);
                        }));
  }

  private CompletionStage<List<JobRegistry>> places(
      RedisAsyncCommands<String, byte[]> commands, String queue, String id) {
    List<CompletionStage<Optional<JobRegistry>>> looks = new ArrayList<>();
    for (JobRegistry registry : JobRegistry.values()) {
      String key = keys.registry(queue, registry);
      CompletionStage<?> place =
          registry == JobRegistry.QUEUED || registry == JobRegistry.CLAIMED
              ? commands.lpos(key, bytes(id))
              : commands.zscore(key, bytes(id));
      looks.add(place.thenApply(found -> Optional.ofNullable(found).map(any -> registry)));
    }
    return Stages.<Optional<JobRegistry>>all(looks)
        .thenApply(found -> found.stream().flatMap(Optional::stream).toList());
  }

  private record Waiting(
      Optional<Long> position, boolean claimed, long suspendedMillis, Instant now) {}

  private CompletionStage<Explanation> queued(JobHash job, String queue) {
    return redis
        .<Waiting>readTogether(
            commands -> {
              CompletionStage<Long> claimed =
                  commands.lpos(keys.intermediate(queue), bytes(job.id()));
              CompletionStage<Long> suspended = commands.pttl(keys.suspended());
              return commands
                  .lpos(keys.queue(queue), bytes(job.id()))
                  .thenApply(Optional::ofNullable)
                  .thenCombine(
                      claimed,
                      (position, taken) ->
                          new Waiting(position, taken != null, 0, redis.clock().instant()))
                  .thenCombine(
                      suspended,
                      (waiting, millis) ->
                          new Waiting(
                              waiting.position(), waiting.claimed(), millis, waiting.now()));
            })
        .thenCombine(
            overview.workers(), (waiting, workers) -> queued(job, queue, waiting, workers));
  }

  private static Explanation queued(
      JobHash job, String queue, Waiting waiting, List<WorkerInfo> workers) {
    Optional<Instant> expiry =
        job.ttl()
            .filter(ttl -> ttl.seconds() > 0)
            .flatMap(
                ttl ->
                    job.enqueuedAt()
                        .or(job::createdAt)
                        .map(since -> since.plusSeconds(ttl.seconds())))
            .filter(end -> end.isBefore(waiting.now()));
    if (waiting.claimed()) {
      return new Explanation.Claimed();
    }
    if (expiry.isPresent()) {
      return new Explanation.Expired(expiry.get());
    }
    if (waiting.position().isEmpty()) {
      return new Explanation.Stranded();
    }
    int listening =
        (int) workers.stream().filter(worker -> worker.queues().contains(queue)).count();
    if (listening == 0) {
      return new Explanation.NoWorker(
          queue,
          workers.stream()
              .flatMap(worker -> worker.queues().stream())
              .distinct()
              .sorted()
              .toList());
    }
    long suspended = waiting.suspendedMillis();
    if (suspended != -2) { // -2: no such key, -1: no end
      return new Explanation.Suspended(
          suspended < 0 ? Optional.empty() : Optional.of(waiting.now().plusMillis(suspended)));
    }
    return new Explanation.Queued(queue, waiting.position().get(), listening);
  }

  private CompletionStage<Explanation> started(JobHash job, String queue) {
    return redis
        .<List<byte[]>>read(commands -> commands.zrange(keys.executions(job.id()), 0, -1))
        .thenCompose(
            executions -> {
              // Up to 1.16, the id itself is the entry.
              List<String> members =
                  Stream.concat(
                          Stream.of(job.id()),
                          executions.stream()
                              .map(RqKeys::text)
                              .filter(RqKeys::isExecutionId)
                              .map(execution -> keys.member(job.id(), execution)))
                      .toList();
              return redis.<List<Optional<Double>>>readTogether(
                  commands ->
                      Stages.all(
                          members.stream()
                              .map(
                                  member ->
                                      commands
                                          .zscore(keys.started(queue), bytes(member))
                                          .thenApply(Optional::ofNullable))
                              .toList()));
            })
        .thenCombine(
            redis.<List<KeyValue<String, byte[]>>>read(
                commands -> commands.hmget(keys.job(job.id()), "last_heartbeat")),
            (scores, heartbeat) -> started(job, scores, new HashFields(heartbeat)));
  }

  private Explanation started(JobHash job, List<Optional<Double>> scores, HashFields more) {
    Optional<Instant> lease =
        scores.stream().flatMap(Optional::stream).max(Double::compare).flatMap(RqTime::ofScore);
    Instant since = job.startedAt().or(job::enqueuedAt).orElse(Instant.EPOCH);
    return lease
        .filter(end -> end.isAfter(redis.clock().instant()))
        .<Explanation>map(end -> new Explanation.Running(since, job.worker(), end))
        .orElseGet(
            () ->
                new Explanation.Abandoned(
                    lease.or(() -> more.date("last_heartbeat")).orElse(since), job.worker()));
  }

  private CompletionStage<Explanation> deferred(JobHash job) {
    return redis
        .<Set<byte[]>>read(commands -> commands.smembers(keys.dependencies(job.id())))
        .thenCompose(
            raw -> {
              List<String> ids =
                  raw.stream().map(RqKeys::text).filter(RqKeys::isJobId).sorted().toList();
              return redis
                  .<List<List<KeyValue<String, byte[]>>>>readTogether(
                      commands ->
                          Stages.all(
                              ids.stream()
                                  .map(id -> commands.hmget(keys.job(id), "status"))
                                  .toList()))
                  .thenApply(
                      replies -> {
                        Map<String, JobStatus> open = new LinkedHashMap<>();
                        for (int i = 0; i < ids.size(); i++) {
                          JobStatus status =
                              new HashFields(replies.get(i))
                                  .text("status")
                                  .map(JobStatus::of)
                                  .orElse(JobStatus.UNKNOWN);
                          if (status != JobStatus.FINISHED) {
                            open.put(ids.get(i), status);
                          }
                        }
                        return new Explanation.WaitingForJobs(open);
                      });
            });
  }

  private CompletionStage<Explanation> scheduled(JobHash job, String queue) {
    return redis.readTogether(
        commands -> {
          CompletionStage<Long> scheduler = commands.exists(keys.schedulerLock(queue));
          return commands
              .zscore(keys.scheduled(queue), bytes(job.id()))
              .thenApply(Optional::ofNullable)
              .thenCombine(
                  scheduler,
                  (score, locks) ->
                      score
                          .flatMap(RqTime::ofScore)
                          .<Explanation>map(
                              due ->
                                  new Explanation.Scheduled(
                                      due, due.isBefore(redis.clock().instant()), locks > 0))
                          .orElseGet(Explanation.Stranded::new));
        });
  }
}
