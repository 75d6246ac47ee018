// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.Range;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.queue.rq.RqTime;
import io.vedfolnir.redis.RedisAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Removes what is only in the way: expired entries of registries, workers that are gone, groups
 * whose jobs are gone; and queues jobs that wait for nothing any more. Now and then, by one worker
 * at a time, under the lock that Python's maintenance takes.
 */
final class Maintenance {

  private static final Duration INTERVAL = Duration.ofMinutes(10);
  private static final long LOCK_SECONDS = 899;

  private final Workshop workshop;
  private final RqKeys keys;
  private final Dependents dependents;
  private final Map<String, Long> last = new HashMap<>();

  Maintenance(Workshop workshop, Dependents dependents) {
    this.workshop = workshop;
    this.dependents = dependents;
    this.keys = workshop.keys();
  }

  /** Does its work for a queue if it is time, and nobody else is at it. */
  void run(String queue) {
    Long before = last.put(queue, System.nanoTime());
    if (before != null && System.nanoTime() - before < INTERVAL.toNanos()) {
      last.put(queue, before);
      return;
    }
    String taken =
        RedisAccess.await(
            workshop
                .redis()
                .<String>call(
                    commands ->
                        commands.set(
                            keys.sweepLock(queue),
                            bytes("1"),
                            SetArgs.Builder.nx().ex(LOCK_SECONDS))));
    if (taken == null) {
      return;
    }
    try {
      dropExpired(queue);
      dropDeadWorkers(queue);
      dropEmptyGroups();
      releaseForgotten(queue);
    } finally {
      RedisAccess.await(workshop.redis().call(commands -> commands.del(keys.sweepLock(queue))));
    }
  }

  private void dropExpired(String queue) {
    Range<Double> past = Range.create(0.0, RqTime.score(workshop.now()));
    RedisAccess.await(
        workshop
            .redis()
            .together(
                commands ->
                    commands
                        .zremrangebyscore(keys.finished(queue), past)
                        .thenCombine(
                            commands.zremrangebyscore(keys.failed(queue), past), Long::sum)));
  }

  private void dropDeadWorkers(String queue) {
    String prefix = keys.worker("");
    List<String> workers =
        members(keys.workers(queue)).stream().filter(key -> key.startsWith(prefix)).toList();
    List<String> dead = missing(workers, worker -> worker);
    if (!dead.isEmpty()) {
      byte[][] gone = dead.stream().map(RqKeys::bytes).toArray(byte[][]::new);
      RedisAccess.await(
          workshop
              .redis()
              .transact(
                  commands -> {
                    commands.srem(keys.workers(queue), gone);
                    commands.srem(keys.workers(), gone);
                  }));
    }
  }

  // Whoever ended what they waited for may have died before it could queue them.
  private void releaseForgotten(String queue) {
    RedisAccess.await(
            workshop
                .redis()
                .<List<byte[]>>read(commands -> commands.zrange(keys.deferred(queue), 0, 999)))
        .stream()
        .map(RqKeys::text)
        .filter(RqKeys::isJobId)
        .forEach(dependents::recheck);
  }

  private void dropEmptyGroups() {
    for (String group : members(keys.groups())) {
      List<String> jobs = members(keys.group(group)).stream().filter(RqKeys::isJobId).toList();
      List<String> gone = missing(jobs, keys::job);
      if (!gone.isEmpty()) {
        RedisAccess.await(
            workshop
                .redis()
                .call(
                    commands ->
                        commands.srem(
                            keys.group(group),
                            gone.stream().map(RqKeys::bytes).toArray(byte[][]::new))));
      }
    }
    List<String> empty = missing(members(keys.groups()), keys::group);
    if (!empty.isEmpty()) {
      RedisAccess.await(
          workshop
              .redis()
              .call(
                  commands ->
                      commands.srem(
                          keys.groups(),
                          empty.stream().map(RqKeys::bytes).toArray(byte[][]::new))));
    }
  }

  private List<String> members(String key) {
    return RedisAccess.await(workshop.redis().<Set<byte[]>>read(commands -> commands.smembers(key)))
        .stream()
        .map(RqKeys::text)
        .toList();
  }

  /** Those of which there is no key. */
  private List<String> missing(List<String> names, Function<String, String> key) {
    return RedisAccess.await(
        workshop.redis().readTogether(commands -> missing(commands, names, key)));
  }

  private static CompletionStage<List<String>> missing(
      RedisAsyncCommands<String, byte[]> commands,
      List<String> names,
      Function<String, String> key) {
    CompletionStage<List<String>> all = CompletableFuture.completedFuture(new ArrayList<>());
    for (String name : names) {
      all =
          all.thenCombine(
              commands.exists(key.apply(name)),
              (missing, found) -> {
                if (found == 0) {
                  missing.add(name);
                }
                return missing;
              });
    }
    return all;
  }
}
