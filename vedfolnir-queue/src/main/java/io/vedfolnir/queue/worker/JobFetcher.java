// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.lettuce.core.LMoveArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes jobs out of the queues, the most urgent queue first, and never more than there are free
 * slots: what it has taken starts at once.
 */
final class JobFetcher {

  private static final Logger log = LoggerFactory.getLogger(JobFetcher.class);
  private static final int LARGEST_BATCH = 64;

  private final Workshop workshop;
  private final Slots slots;
  private final JobRunner runner;
  private final Idleness idleness;
  private final WakeUp wakeUp;
  private int batch = 1;
  private volatile boolean stopping;

  JobFetcher(Workshop workshop, Slots slots, JobRunner runner, Idleness idleness) {
    this.workshop = workshop;
    this.slots = slots;
    this.runner = runner;
    this.idleness = idleness;
    this.wakeUp = new WakeUp(workshop);
  }

  /** Makes {@link #run} return soon; from any thread. */
  void stop() {
    stopping = true;
    wakeUp.wake();
    slots.wake();
  }

  /** Fetches until it is stopped, or in a burst until nothing is left. */
  void run() throws InterruptedException {
    int failures = 0;
    try (wakeUp) {
      while (!stopping) {
        try {
          if (!round()) {
            return;
          }
          failures = 0;
        } catch (RedisAccessException e) {
          if (failures == 0) {
            log.warn("cannot fetch jobs, trying again: {}", e.getMessage());
          }
          workshop.patience().pause(failures++);
        }
      }
    }
  }

  private boolean round() throws InterruptedException {
    int free = slots.acquire();
    List<Claim> claims = List.of();
    try {
      if (!stopping) {
        claims = sweep(free);
      }
    } finally {
      slots.release(free - claims.size());
    }
    claims.forEach(claim -> slots.run(() -> runner.run(claim)));
    if (!claims.isEmpty() || stopping) {
      return true;
    }
    if (workshop.settings().mode() == WorkerSettings.Mode.BURST) {
      // Empty queues are the end only if nothing ran that could have queued something meanwhile.
      if (free == slots.size()) {
        return false;
      }
      slots.awaitRelease();
      return true;
    }
    idleness.begin();
    wakeUp.await();
    idleness.end();
    return true;
  }

  // Grows while there is plenty, so that a full queue is drained in few round trips, and an idle
  // worker does not ask 64 times for one job.
  private List<Claim> sweep(int free) {
    List<Claim> claims = new ArrayList<>();
    for (String queue : workshop.settings().queues()) {
      int wanted = Math.min(free - claims.size(), batch);
      if (wanted <= 0) {
        break;
      }
      try {
        RedisAccess.await(workshop.redis().together(commands -> move(commands, queue, wanted)))
            .forEach(id -> claims.add(new Claim(queue, id)));
      } catch (RedisAccessException e) {
        if (claims.isEmpty()) {
          throw e;
        }
        break; // what was taken is run; the next round meets the failure again
      }
    }
    batch = claims.size() >= batch ? Math.min(batch * 2, LARGEST_BATCH) : 1;
    return claims;
  }

  /** What could be moved; a failure only if that is nothing, so that no id is taken and dropped. */
  private CompletionStage<List<byte[]>> move(
      RedisAsyncCommands<String, byte[]> commands, String queue, int count) {
    List<CompletableFuture<byte[]>> moves = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      moves.add(
          commands
              .lmove(
                  workshop.keys().queue(queue),
                  workshop.keys().intermediate(queue),
                  LMoveArgs.Builder.leftRight())
              .toCompletableFuture());
    }
    return CompletableFuture.allOf(moves.toArray(CompletableFuture[]::new))
        .handle(
            (done, failure) -> {
              List<byte[]> moved =
                  moves.stream()
                      .filter(move -> !move.isCompletedExceptionally())
                      .map(CompletableFuture::join)
                      .filter(Objects::nonNull)
                      .toList();
              return failure == null || !moved.isEmpty()
                  ? CompletableFuture.completedFuture(moved)
                  : CompletableFuture.<List<byte[]>>failedFuture(failure);
            })
        .thenCompose(result -> result);
  }
}
