// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.KeyValue;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.JobRegistry;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.Retention;
import io.vedfolnir.queue.Retention.Keep;
import io.vedfolnir.queue.Retention.Swept;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.WatchedTransaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Removes from the registries of a queue what a policy does not keep, and ids whose job is gone.
 *
 * <p>What is removed was looked at under a watch: a job that is queued again meanwhile stays.
 */
final class RetentionSweep {

  private static final int BATCH = 100;
  private static final int TRIES = 20;
  private static final Set<JobStatus> FAILED = EnumSet.of(JobStatus.FAILED, JobStatus.STOPPED);

  private final RedisAccess redis;
  private final RqKeys keys;

  RetentionSweep(RedisAccess redis, RqKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  private record Candidate(String id, boolean exists, Instant ended) {}

  CompletionStage<Swept> sweep(String queue, Retention retention) {
    return sweep(queue, JobRegistry.FINISHED, EnumSet.of(JobStatus.FINISHED), retention.finished())
        .thenCompose(
            swept ->
                sweep(queue, JobRegistry.FAILED, FAILED, retention.failed()).thenApply(swept::plus))
        .thenCompose(
            swept ->
                sweep(
                        queue,
                        JobRegistry.CANCELED,
                        EnumSet.of(JobStatus.CANCELED),
                        retention.canceled())
                    .thenApply(swept::plus))
        .thenCompose(
            swept ->
                ghosts(queue, JobRegistry.DEFERRED)
                    .thenCombine(ghosts(queue, JobRegistry.SCHEDULED), Swept::plus)
                    .thenApply(swept::plus));
  }

  private CompletionStage<Swept> ghosts(String queue, JobRegistry registry) {
    return sweep(queue, registry, EnumSet.noneOf(JobStatus.class), Keep.all());
  }

  private CompletionStage<Swept> sweep(
      String queue, JobRegistry registry, Set<JobStatus> statuses, Keep keep) {
    return candidates(queue, registry)
        .thenCompose(
            candidates -> {
              List<String> due = due(candidates, keep);
              return Stages.eachInTurn(batches(due), ids -> remove(queue, registry, statuses, ids));
            })
        .thenApply(batches -> batches.stream().reduce(new Swept(0, 0), Swept::plus));
  }

  private CompletionStage<List<Candidate>> candidates(String queue, JobRegistry registry) {
    return redis
        .<List<ScoredValue<byte[]>>>read(
            commands -> commands.zrangeWithScores(keys.registry(queue, registry), 0, -1))
        .thenCompose(
            members ->
                Stages.eachInTurn(
                    batches(members),
                    batch ->
                        redis.<List<Candidate>>readTogether(
                            commands ->
                                Stages.all(
                                    batch.stream()
                                        .filter(
                                            member ->
                                                RqKeys.isJobId(RqKeys.text(member.getValue())))
                                        .map(member -> candidate(commands, registry, member))
                                        .toList()))))
        .thenApply(batches -> batches.stream().flatMap(List::stream).toList());
  }

  private CompletionStage<Candidate> candidate(
      RedisAsyncCommands<String, byte[]> commands,
      JobRegistry registry,
      ScoredValue<byte[]> member) {
    String id = RqKeys.text(member.getValue());
    CompletionStage<Long> payload = commands.hstrlen(keys.job(id), "data");
    CompletionStage<List<KeyValue<String, byte[]>>> fields =
        commands.hmget(keys.job(id), "ended_at");
    return payload.thenCombine(
        fields,
        (size, reply) ->
            new Candidate(
                id,
                size > 0,
                // A canceled job may never have run: its registry says when it ended.
                (registry == JobRegistry.CANCELED
                        ? RqTime.ofScore(member.getScore())
                        : new HashFields(reply).date("ended_at"))
                    .orElse(Instant.MAX)));
  }

  private List<String> due(List<Candidate> candidates, Keep keep) {
    Instant oldest = redis.clock().instant().minus(keep.age());
    List<String> due = new ArrayList<>();
    long kept = 0;
    for (Candidate candidate :
        candidates.stream().sorted(Comparator.comparing(Candidate::ended).reversed()).toList()) {
      boolean stays =
          candidate.exists() && !candidate.ended().isBefore(oldest) && kept < keep.count();
      if (stays) {
        kept++;
      } else {
        due.add(candidate.id());
      }
    }
    return due;
  }

  private CompletionStage<Swept> remove(
      String queue, JobRegistry registry, Set<JobStatus> statuses, List<String> ids) {
    return redis.watched(
        new WatchedTransaction<>(
            ids.stream().map(keys::job).toList(),
            commands ->
                Stages.all(ids.stream().map(id -> JobTraces.read(commands, keys, id)).toList()),
            traces -> decide(queue, registry, statuses, traces),
            TRIES));
  }

  private Decision<Swept> decide(
      String queue, JobRegistry registry, Set<JobStatus> statuses, List<JobTraces> traces) {
    List<JobTraces> ghosts = traces.stream().filter(job -> !job.exists()).toList();
    List<JobTraces> ended =
        traces.stream().filter(job -> job.exists() && statuses.contains(job.status())).toList();
    if (ghosts.isEmpty() && ended.isEmpty()) {
      return Decision.stop(new Swept(0, 0));
    }
    return Decision.write(
        commands -> {
          ghosts.forEach(job -> commands.zrem(keys.registry(queue, registry), bytes(job.id())));
          ended.forEach(job -> job.remove(commands, keys, List.of(queue)));
        },
        reply -> {
          reply.orThrow();
          return new Swept(ended.size(), ghosts.size());
        });
  }

  private static <T> List<List<T>> batches(List<T> all) {
    List<List<T>> batches = new ArrayList<>();
    for (int from = 0; from < all.size(); from += BATCH) {
      batches.add(all.subList(from, Math.min(from + BATCH, all.size())));
    }
    return batches;
  }
}
