// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.KeyValue;
import io.vedfolnir.queue.DependentJobs;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.QueueException;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.TransactionReply;
import io.vedfolnir.redis.WatchedTransaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Changes what becomes of jobs: each verb one transaction that watches the job. */
final class JobSteering {

  private static final int TRIES = 50;
  private static final int BATCH = 200;

  private final RedisAccess redis;
  private final RqKeys keys;
  private final DependentRelease dependents;

  JobSteering(RedisAccess redis, RqKeys keys) {
    this.redis = redis;
    this.keys = keys;
    this.dependents = new DependentRelease(redis, keys);
  }

  private record Failed(boolean exists, JobHash.Reading reading, boolean registered) {}

  // The registry is watched as well: Python takes the id out of it before it touches the hash.
  CompletionStage<Boolean> requeue(String id) {
    return redis
        .<List<KeyValue<String, byte[]>>>read(commands -> commands.hmget(keys.job(id), "origin"))
        .thenCompose(
            reply ->
                new HashFields(reply)
                    .text("origin")
                    .filter(RqKeys::isQueueName)
                    .map(queue -> requeue(id, queue))
                    .orElseGet(() -> CompletableFuture.completedFuture(false)));
  }

  private CompletionStage<Boolean> requeue(String id, String queue) {
    String job = keys.job(id);
    return redis.watched(
        new WatchedTransaction<>(
            List.of(job, keys.failed(queue)),
            commands -> {
              CompletionStage<Long> payload = commands.hstrlen(job, "data");
              CompletionStage<List<KeyValue<String, byte[]>>> fields =
                  commands.hmget(job, JobHash.fields());
              return commands
                  .zscore(keys.failed(queue), bytes(id))
                  .thenApply(score -> score != null)
                  .thenCombine(
                      payload,
                      (registered, size) ->
                          new Failed(size > 0, new JobHash.Broken(List.of()), registered))
                  .thenCombine(
                      fields,
                      (seen, hash) ->
                          new Failed(seen.exists(), JobHash.read(id, hash), seen.registered()));
            },
            seen -> decideRequeue(id, seen),
            TRIES));
  }

  private Decision<Boolean> decideRequeue(String id, Failed seen) {
    if (!seen.exists()) {
      return Decision.stop(false);
    }
    if (seen.reading() instanceof JobHash.Broken broken) {
      throw new QueueException.Unreadable(id, "not as RQ writes it: " + broken.fields());
    }
    JobHash job = ((JobHash.Whole) seen.reading()).hash();
    boolean failed = job.status() == JobStatus.FAILED || job.status() == JobStatus.STOPPED;
    if (!failed || !seen.registered()) {
      throw new QueueException.WrongStatus(id, job.status());
    }
    byte[] empty = new byte[0];
    return Decision.write(
        commands -> {
          commands.zrem(keys.failed(job.origin().orElseThrow()), bytes(id));
          commands.hdel(keys.job(id), "exc_info");
          commands.persist(keys.dependents(id));
          commands.persist(keys.dependencies(id));
          Requeueing.write(
              commands,
              keys,
              job,
              Map.of("started_at", empty, "ended_at", empty),
              redis.clock().instant());
        },
        reply -> {
          reply.orThrow();
          return true;
        });
  }

  CompletionStage<Boolean> cancel(String id, DependentJobs then) {
    return redis
        .watched(
            new WatchedTransaction<>(
                List.of(keys.job(id)),
                commands -> JobTraces.read(commands, keys, id),
                this::decideCancel,
                TRIES))
        .thenCompose(traces -> release(traces, then).thenApply(done -> traces.exists()));
  }

  private Decision<JobTraces> decideCancel(JobTraces traces) {
    if (!traces.exists()) {
      return Decision.stop(traces);
    }
    if (traces.queue().isEmpty()) {
      throw new QueueException.Unreadable(traces.id(), "it names no queue");
    }
    if (traces.status().isEnded()) {
      throw new QueueException.WrongStatus(traces.id(), traces.status());
    }
    String queue = traces.queue().orElseThrow();
    Instant now = redis.clock().instant();
    return Decision.write(
        commands -> {
          commands.hset(keys.job(traces.id()), Map.of("status", bytes(JobStatus.CANCELED.word())));
          traces.leave(commands, keys, queue);
          for (String execution : traces.executions()) {
            commands.del(keys.execution(traces.id(), execution));
          }
          commands.del(keys.executions(traces.id()));
          commands.zadd(keys.canceled(queue), RqTime.score(now), bytes(traces.id()));
        },
        reply -> {
          reply.orThrow();
          return traces;
        });
  }

  CompletionStage<Boolean> delete(String id, DependentJobs then) {
    String job = keys.job(id); // checks the id before anything is sent
    return queues()
        .thenCompose(
            all ->
                redis.watched(
                    new WatchedTransaction<>(
                        List.of(job),
                        commands -> JobTraces.read(commands, keys, id),
                        traces -> decideDelete(traces, all),
                        TRIES)))
        .thenCompose(
            deleted -> release(deleted.traces(), then).thenApply(done -> deleted.anything()));
  }

  private record Deleted(JobTraces traces, boolean anything) {}

  // Without a hash nobody knows the queue, so a ghost is looked for in all of them.
  private Decision<Deleted> decideDelete(JobTraces traces, List<String> all) {
    List<String> queues = traces.queue().map(List::of).orElse(all);
    return Decision.write(
        commands -> traces.remove(commands, keys, queues),
        reply -> new Deleted(traces, removedAnything(reply.orThrow())));
  }

  private static boolean removedAnything(TransactionReply reply) {
    for (int i = 0; i < reply.size(); i++) {
      if (reply.number(i) > 0) {
        return true;
      }
    }
    return false;
  }

  private CompletionStage<Long> release(JobTraces traces, DependentJobs then) {
    return then == DependentJobs.ENQUEUE
        ? dependents.release(traces.id(), traces.dependents())
        : CompletableFuture.completedFuture(0L);
  }

  CompletionStage<List<String>> queues() {
    return redis
        .<Set<byte[]>>read(commands -> commands.smembers(keys.queues()))
        .thenApply(
            members ->
                members.stream()
                    .map(RqKeys::text)
                    .flatMap(member -> keys.queueOf(member).stream())
                    .sorted()
                    .toList());
  }

  /** Deletes what waits, a batch a transaction; how many jobs. */
  CompletionStage<Long> empty(String queue) {
    return redis
        .<List<byte[]>>read(commands -> commands.lrange(keys.queue(queue), 0, BATCH - 1))
        .thenCompose(
            ids ->
                ids.isEmpty()
                    ? CompletableFuture.completedFuture(0L)
                    : emptyBatch(queue, ids)
                        .thenCompose(removed -> empty(queue).thenApply(more -> removed + more)));
  }

  // A job that a worker starts meanwhile changes its hash, and is then left alone.
  private CompletionStage<Long> emptyBatch(String queue, List<byte[]> members) {
    List<String> ids = members.stream().map(RqKeys::text).distinct().toList();
    List<String> jobs = ids.stream().filter(RqKeys::isJobId).toList();
    List<String> watched = new ArrayList<>(jobs.stream().map(keys::job).toList());
    watched.add(keys.suspended()); // a batch of strange ids alone has no job to watch
    return redis.watched(
        new WatchedTransaction<>(
            watched,
            commands ->
                Stages.all(jobs.stream().map(id -> JobTraces.read(commands, keys, id)).toList()),
            traces -> decideEmpty(queue, ids, traces),
            TRIES));
  }

  private Decision<Long> decideEmpty(String queue, List<String> ids, Collection<JobTraces> traces) {
    List<JobTraces> waiting =
        traces.stream().filter(job -> job.status() == JobStatus.QUEUED || !job.exists()).toList();
    return Decision.write(
        commands -> {
          ids.forEach(id -> commands.lrem(keys.queue(queue), 0, bytes(id)));
          waiting.forEach(job -> job.remove(commands, keys, List.of(queue)));
        },
        reply -> {
          reply.orThrow();
          return waiting.stream().filter(JobTraces::exists).count();
        });
  }
}
