// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.KeyValue;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.JobRegistry;
import io.vedfolnir.queue.JobStatus;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Where a job has left traces beside its own keys: what has to be known to remove all of it.
 *
 * @param id the job
 * @param exists whether it has a payload, as RQ decides it
 * @param status RQ's word, {@link JobStatus#UNKNOWN} if there is none
 * @param queue its queue, if it is one that we would name so
 * @param group its group
 * @param parents the jobs it waits for
 * @param dependents the jobs that wait for it
 * @param executions its runs that Redis knows
 */
record JobTraces(
    String id,
    boolean exists,
    JobStatus status,
    Optional<String> queue,
    Optional<String> group,
    List<String> parents,
    List<String> dependents,
    List<String> executions) {

  /** Sends the reads. */
  static CompletionStage<JobTraces> read(
      RedisAsyncCommands<String, byte[]> commands, RqKeys keys, String id) {
    CompletionStage<Long> payload = commands.hstrlen(keys.job(id), "data");
    CompletionStage<List<KeyValue<String, byte[]>>> fields =
        commands.hmget(keys.job(id), "status", "origin", "group_id");
    CompletionStage<Set<byte[]>> parents = commands.smembers(keys.dependencies(id));
    CompletionStage<Set<byte[]>> dependents = commands.smembers(keys.dependents(id));
    return commands
        .zrange(keys.executions(id), 0, -1)
        .thenCombine(payload, Runs::new)
        .thenCombine(fields, (runs, hash) -> of(id, runs, new HashFields(hash)))
        .thenCombine(parents, (traces, ids) -> traces.withParents(texts(ids)))
        .thenCombine(dependents, (traces, ids) -> traces.withDependents(texts(ids)));
  }

  private record Runs(List<byte[]> ids, long payload) {}

  private static JobTraces of(String id, Runs runs, HashFields hash) {
    return new JobTraces(
        id,
        runs.payload() > 0,
        hash.text("status").map(JobStatus::of).orElse(JobStatus.UNKNOWN),
        hash.text("origin").filter(RqKeys::isQueueName),
        hash.text("group_id"),
        List.of(),
        List.of(),
        texts(runs.ids()).stream().filter(RqKeys::isExecutionId).toList());
  }

  private JobTraces withParents(List<String> parents) {
    return new JobTraces(id, exists, status, queue, group, parents, dependents, executions);
  }

  private JobTraces withDependents(List<String> dependents) {
    return new JobTraces(id, exists, status, queue, group, parents, dependents, executions);
  }

  private static List<String> texts(Collection<byte[]> values) {
    return values.stream().map(RqKeys::text).toList();
  }

  /** Queues the commands that take the job out of a queue and its registries. */
  void leave(RedisAsyncCommands<String, byte[]> commands, RqKeys keys, String queue) {
    byte[] member = bytes(id);
    commands.lrem(keys.queue(queue), 0, member);
    commands.lrem(keys.intermediate(queue), 0, member);
    for (JobRegistry registry : JobRegistry.values()) {
      if (registry != JobRegistry.QUEUED && registry != JobRegistry.CLAIMED) {
        commands.zrem(keys.registry(queue, registry), member);
      }
    }
    for (String execution : executions) {
      commands.zrem(keys.started(queue), bytes(keys.member(id, execution)));
    }
  }

  /** Queues the commands that remove the job and all it left in these queues. */
  void remove(RedisAsyncCommands<String, byte[]> commands, RqKeys keys, Collection<String> queues) {
    queues.forEach(
        name -> {
          leave(commands, keys, name);
          commands.del(keys.firstSeen(name, id));
        });
    for (String execution : executions) {
      commands.del(keys.execution(id, execution));
    }
    parents.stream()
        .filter(RqKeys::isJobId)
        .forEach(parent -> commands.srem(keys.dependents(parent), bytes(id)));
    group.ifPresent(name -> commands.srem(keys.group(name), bytes(id)));
    commands.del(
        keys.job(id),
        keys.dependents(id),
        keys.dependencies(id),
        keys.results(id),
        keys.executions(id));
  }
}
