// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.queue.rq.RqTime;
import io.vedfolnir.redis.RedisAccess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what workers have left when they died: runs whose lease is over, and ids that lie in an
 * intermediate list without being started. Needs no lock: each repair is a transaction that watches
 * what it repairs, so several sweeps, Python's among them, repair it once.
 *
 * <p>Nothing that one entry does stops the sweep of the others.
 */
final class Sweep implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Sweep.class);

  /** How long an id may lie in an intermediate list; a worker starts it within milliseconds. */
  static final Duration STUCK = Duration.ofSeconds(20);

  private static final Limit AT_ONCE = Limit.from(1_000);

  private final Workshop workshop;
  private final LongSupplier ticks;
  private final RqKeys keys;
  private final Recovery recovery;
  private final Maintenance maintenance;

  /** When this worker first saw what lies in the intermediate lists, in nanoseconds. */
  private final Map<String, Map<String, Long>> sightings = new HashMap<>();

  /**
   * Sweeps the queues of this worker.
   *
   * @param ticks nanoseconds that go on, as {@link System#nanoTime()}
   */
  Sweep(Workshop workshop, Dependents dependents, Callbacks callbacks, LongSupplier ticks) {
    this.workshop = workshop;
    this.ticks = ticks;
    this.keys = workshop.keys();
    this.recovery = new Recovery(workshop, dependents, callbacks);
    this.maintenance = new Maintenance(workshop, dependents);
  }

  @Override
  public synchronized void run() {
    for (String queue : workshop.settings().queues()) {
      isolated("abandoned jobs", queue, () -> recoverAbandoned(queue));
      isolated("stuck jobs", queue, () -> putBackStuck(queue));
      isolated("registries", queue, () -> maintenance.run(queue));
    }
  }

  private void recoverAbandoned(String queue) {
    List<byte[]> over =
        RedisAccess.await(
            workshop
                .redis()
                .<List<byte[]>>read(
                    commands ->
                        commands.zrangebyscore(
                            keys.started(queue),
                            Range.create(0, RqTime.score(workshop.now())),
                            AT_ONCE)));
    over.forEach(
        member -> isolated("an abandoned job", queue, () -> recovery.recover(queue, member)));
  }

  private void putBackStuck(String queue) {
    List<byte[]> lying =
        RedisAccess.await(
            workshop
                .redis()
                .<List<byte[]>>read(commands -> commands.lrange(keys.intermediate(queue), 0, 999)));
    long now = ticks.getAsLong();
    Map<String, Long> before = sightings.getOrDefault(queue, Map.of());
    sightings.put(
        queue,
        lying.stream()
            .map(RqKeys::text)
            .collect(Collectors.toMap(id -> id, id -> before.getOrDefault(id, now), Math::min)));
    for (byte[] id : lying) {
      Long since = before.get(RqKeys.text(id));
      if (since != null && now - since >= STUCK.toNanos()) {
        isolated("a stuck job", queue, () -> recovery.putBack(queue, id));
      }
    }
  }

  private static void isolated(String what, String queue, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      log.warn("sweeping {} of queue {} failed: {}", what, queue, e.getMessage());
    }
  }
}
