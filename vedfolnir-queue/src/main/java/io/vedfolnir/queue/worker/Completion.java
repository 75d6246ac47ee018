// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.queue.worker.Outcome.Goal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Writes the ends of several runs inside one transaction: what is each job's own by {@link
 * JobRecord}, what they share (registries, counters, executions) in one command for all.
 */
final class Completion {

  private final Workshop workshop;
  private final RqKeys keys;
  private final Dependents dependents;
  private @Nullable CompletableFuture<Long> waiting;

  Completion(Workshop workshop, Dependents dependents) {
    this.workshop = workshop;
    this.keys = workshop.keys();
    this.dependents = dependents;
  }

  void write(RedisAsyncCommands<String, byte[]> commands, List<Ending> endings) {
    JobRecord record = new JobRecord(workshop, commands);
    endings.forEach(record::write);
    record.enter();
    count(commands, endings);
    end(commands, endings);
    String[] parents =
        endings.stream()
            .filter(ending -> Dependents.mayRelease(ending.goal()))
            .map(ending -> keys.dependents(ending.execution().id()))
            .toArray(String[]::new);
    // After the ends, in the same transaction: who makes a job wait watches the job it waits for,
    // so it either sees the end or is seen here.
    waiting = parents.length == 0 ? null : commands.exists(parents).toCompletableFuture();
  }

  private void count(RedisAsyncCommands<String, byte[]> commands, List<Ending> endings) {
    long finished = endings.stream().filter(ending -> ending.goal() == Goal.FINISHED).count();
    if (finished > 0) {
      commands.hincrby(workshop.workerKey(), "successful_job_count", finished);
    }
    if (finished < endings.size()) {
      commands.hincrby(workshop.workerKey(), "failed_job_count", endings.size() - finished);
    }
    commands.hincrbyfloat(
        workshop.workerKey(),
        "total_working_time",
        endings.stream()
            .mapToDouble(
                ending ->
                    Duration.between(ending.execution().startedAt(), ending.at()).toNanos() / 1e9)
            .sum());
  }

  // The whole list of a job's executions goes with the one that is fenced: no other can be valid.
  private void end(RedisAsyncCommands<String, byte[]> commands, List<Ending> endings) {
    Map<String, List<byte[]>> entries = new LinkedHashMap<>();
    List<String> executions = new ArrayList<>();
    for (Ending ending : endings) {
      Execution execution = ending.execution();
      executions.add(keys.execution(execution.id(), execution.executionId()));
      executions.add(keys.executions(execution.id()));
      entries
          .computeIfAbsent(keys.started(execution.queue()), registry -> new ArrayList<>())
          .add(bytes(keys.member(execution.id(), execution.executionId())));
    }
    commands.del(executions.toArray(String[]::new));
    entries.forEach((registry, members) -> commands.zrem(registry, members.toArray(byte[][]::new)));
  }

  /** The transaction went through. */
  void written(List<Ending> endings) {
    if (waiting != null && waiting.getNow(1L) > 0) {
      endings.forEach(this::confirmed);
    }
  }

  /** This end is recorded, and somebody may wait for it. */
  void confirmed(Ending ending) {
    if (Dependents.mayRelease(ending.goal())) {
      dependents.release(ending.execution().id(), ending.goal());
    }
  }
}
