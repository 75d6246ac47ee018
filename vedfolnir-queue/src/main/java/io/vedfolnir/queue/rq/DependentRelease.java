// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.KeyValue;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.WatchedTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Lets jobs no longer wait for one that is canceled or deleted, and queues those that wait for
 * nothing else; each in a transaction of its own that watches it and all it waits for.
 */
final class DependentRelease {

  private static final int TRIES = 50;

  private final RedisAccess redis;
  private final RqKeys keys;

  DependentRelease(RedisAccess redis, RqKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  private record Seen(JobHash.Reading waiting, List<String> statuses) {}

  /** Releases these jobs from a parent; how many were queued. */
  CompletionStage<Long> release(String parent, List<String> dependents) {
    return Stages.eachInTurn(
            dependents.stream().filter(RqKeys::isJobId).toList(), id -> release(parent, id))
        .thenApply(queued -> queued.stream().filter(done -> done).count());
  }

  private CompletionStage<Boolean> release(String parent, String id) {
    return redis
        .<Set<byte[]>>read(commands -> commands.smembers(keys.dependencies(id)))
        .thenCompose(
            dependencies -> {
              List<String> others =
                  dependencies.stream()
                      .map(RqKeys::text)
                      .filter(other -> RqKeys.isJobId(other) && !other.equals(parent))
                      .toList();
              List<String> watched = new ArrayList<>(List.of(keys.job(id), keys.dependencies(id)));
              others.forEach(other -> watched.add(keys.job(other)));
              return redis.watched(
                  new WatchedTransaction<>(
                      watched,
                      commands -> look(commands, id, others),
                      seen -> decide(parent, id, seen),
                      TRIES));
            });
  }

  private CompletionStage<Seen> look(
      RedisAsyncCommands<String, byte[]> commands, String id, List<String> others) {
    CompletionStage<List<KeyValue<String, byte[]>>> waiting =
        commands.hmget(keys.job(id), JobHash.fields());
    return Stages.all(
            others.stream().map(other -> commands.hmget(keys.job(other), "status")).toList())
        .thenCombine(
            waiting,
            (statuses, fields) ->
                new Seen(
                    JobHash.read(id, fields),
                    statuses.stream()
                        .map(reply -> reply.get(0).map(RqKeys::text).getValueOrElse(""))
                        .toList()));
  }

  private Decision<Boolean> decide(String parent, String id, Seen seen) {
    if (!(seen.waiting() instanceof JobHash.Whole whole)
        || whole.hash().status() != JobStatus.DEFERRED
        || whole.hash().origin().isEmpty()) {
      return Decision.stop(false);
    }
    JobHash job = whole.hash();
    boolean met =
        seen.statuses().stream()
            .allMatch(
                status ->
                    status.isEmpty() // gone counts as met, as in RQ
                        || status.equals(JobStatus.FINISHED.word())
                        || (job.allowsFailedDependencies()
                            && status.equals(JobStatus.FAILED.word())));
    return Decision.write(
        commands -> {
          commands.srem(keys.dependencies(id), bytes(parent));
          commands.srem(keys.dependents(parent), bytes(id));
          if (met) {
            commands.zrem(keys.deferred(job.origin().orElseThrow()), bytes(id));
            Requeueing.write(commands, keys, job, Map.of(), redis.clock().instant());
          }
        },
        reply -> {
          reply.orThrow();
          return met;
        });
  }
}
