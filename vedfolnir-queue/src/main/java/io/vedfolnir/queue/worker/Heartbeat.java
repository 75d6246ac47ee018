// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.ZAddArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.queue.rq.RqTime;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.WatchedTransaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells Redis that the worker lives, and with it all that it runs.
 *
 * <p>A beat never brings anything back to life: it watches the jobs' hashes and writes only for
 * runs that are still entered. Runs that began a moment ago are left to the next beat.
 */
final class Heartbeat implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
  private static final int TRIES = 20;

  private final Workshop workshop;
  private final RqKeys keys;
  private final Running running;
  private final WorkerRegistration registration;

  Heartbeat(Workshop workshop, Running running, WorkerRegistration registration) {
    this.workshop = workshop;
    this.keys = workshop.keys();
    this.running = running;
    this.registration = registration;
  }

  @Override
  public void run() {
    try {
      if (RedisAccess.await(beatWorker()) > 0) {
        // The field was new, so the hash had expired and others may have struck the worker off.
        log.warn("the worker had expired in Redis and registers again");
        RedisAccess.await(registration.renew());
      }
      beatExecutions();
    } catch (RuntimeException e) {
      log.warn("a heartbeat failed, the next one follows: {}", e.getMessage());
    }
  }

  private CompletionStage<Long> beatWorker() {
    String worker = workshop.workerKey();
    byte[] now = bytes(RqTime.date(workshop.now()));
    return workshop
        .redis()
        .together(
            commands -> {
              CompletionStage<Long> added = commands.hset(worker, Map.of("last_heartbeat", now));
              commands.expire(worker, workshop.lease().toSeconds());
              running
                  .any()
                  .ifPresent(
                      execution ->
                          commands.hset(
                              worker,
                              Map.of(
                                  "state", bytes("busy"), "current_job", bytes(execution.id()))));
              return added;
            });
  }

  private void beatExecutions() {
    Instant now = workshop.now();
    Instant young = now.minus(workshop.settings().heartbeat().dividedBy(2));
    List<Execution> due =
        running.all().stream().filter(execution -> !execution.lastBeat().isAfter(young)).toList();
    if (due.isEmpty()) {
      return;
    }
    List<Execution> lost =
        RedisAccess.await(
            workshop
                .redis()
                .watched(
                    new WatchedTransaction<>(
                        due.stream().map(execution -> keys.job(execution.id())).toList(),
                        commands -> held(commands, due),
                        held -> decide(due, held, now),
                        TRIES)));
    for (Execution execution : due) {
      if (lost.contains(execution)) {
        execution.lost();
        log.warn("a running job of queue {} was taken over by others", execution.queue());
      } else {
        execution.beaten(now);
      }
    }
  }

  private CompletionStage<Map<Execution, Boolean>> held(
      RedisAsyncCommands<String, byte[]> commands, List<Execution> due) {
    CompletionStage<Map<Execution, Boolean>> all =
        CompletableFuture.completedFuture(new HashMap<>());
    for (Execution execution : due) {
      all =
          all.thenCombine(
                  commands.zscore(keys.started(execution.queue()), member(execution)),
                  (map, score) -> {
                    map.put(execution, score != null);
                    return map;
                  })
              .thenCombine(
                  commands.exists(keys.job(execution.id())),
                  (map, exists) -> {
                    map.computeIfPresent(execution, (key, entered) -> entered && exists > 0);
                    return map;
                  });
    }
    return all;
  }

  private Decision<List<Execution>> decide(
      List<Execution> due, Map<Execution, Boolean> held, Instant now) {
    List<Execution> ours = new ArrayList<>();
    List<Execution> lost = new ArrayList<>();
    for (Execution execution : due) {
      (held.getOrDefault(execution, false) ? ours : lost).add(execution);
    }
    return ours.isEmpty()
        ? Decision.stop(lost)
        : Decision.write(
            commands -> ours.forEach(execution -> beat(commands, execution, now)), reply -> lost);
  }

  private void beat(RedisAsyncCommands<String, byte[]> commands, Execution execution, Instant now) {
    String id = execution.id();
    String executionKey = keys.execution(id, execution.executionId());
    long lease = workshop.lease().toSeconds();
    commands.hset(
        executionKey,
        Map.of(
            "id", bytes(execution.executionId()),
            "created_at", bytes(RqTime.seconds(execution.startedAt())),
            "last_heartbeat", bytes(RqTime.seconds(now))));
    commands.expire(executionKey, lease);
    commands.zadd(
        keys.started(execution.queue()),
        ZAddArgs.Builder.xx(),
        RqTime.score(now) + lease,
        member(execution));
    commands.zadd(
        keys.executions(id), RqTime.score(now) + lease + 60, bytes(execution.executionId()));
    commands.expire(keys.executions(id), lease + 60);
    commands.hset(keys.job(id), Map.of("last_heartbeat", bytes(RqTime.date(now))));
  }

  private byte[] member(Execution execution) {
    return bytes(keys.member(execution.id(), execution.executionId()));
  }
}
