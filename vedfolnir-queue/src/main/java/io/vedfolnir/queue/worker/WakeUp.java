// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.lettuce.core.LMoveArgs;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.redis.DedicatedConnection;
import io.vedfolnir.redis.RedisAccess;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when an empty queue has a job, without taking it.
 *
 * <p>Redis can block on one list only for a move, so each queue has a connection that waits for
 * {@code BLMOVE q q LEFT LEFT}: the head of the list onto itself. It wakes up like a pop and
 * changes nothing, so a connection that ends at the wrong moment loses no job. Main thread only.
 */
final class WakeUp implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WakeUp.class);

  private final RedisAccess redis;
  private final RqKeys keys;
  private final Sources sources;
  private final Bell bell;
  private final Duration block;
  private final Map<String, Watch> watches = new LinkedHashMap<>();

  WakeUp(Workshop workshop, Sources sources, Bell bell) {
    this.redis = workshop.redis();
    this.keys = workshop.keys();
    this.sources = sources;
    this.bell = bell;
    List<String> queues = workshop.settings().queues();
    // Longer with many queues, so that an idle worker costs the same.
    this.block = Duration.ofSeconds(Math.max(60, 20L * queues.size()));
    queues.forEach(queue -> watches.put(queue, new Watch(queue)));
  }

  /**
   * Rings when one of these queues has a job.
   *
   * @throws io.vedfolnir.redis.RedisAccessException if Redis cannot be asked
   */
  void watch(List<String> queues) {
    queues.forEach(
        queue -> {
          Watch watch = watches.get(queue);
          if (watch != null) {
            watch.arm();
          }
        });
  }

  @Override
  public void close() {
    watches.values().forEach(Watch::close);
  }

  private final class Watch {

    private final String queue;
    private @Nullable DedicatedConnection connection;
    private volatile boolean armed;
    private volatile boolean broken;

    Watch(String queue) {
      this.queue = queue;
    }

    void arm() {
      if (armed) {
        return;
      }
      if (broken || connection == null || !connection.isOpen()) {
        close();
        connection = redis.dedicate(block);
        broken = false;
      }
      armed = true;
      String key = keys.queue(queue);
      connection
          .call(
              commands ->
                  commands.blmove(key, key, LMoveArgs.Builder.leftLeft(), block.toSeconds()))
          .whenComplete(
              (head, failure) -> {
                if (failure != null) {
                  broken = true;
                  log.debug("waiting for a queue ended: {}", failure.getMessage());
                }
                if (failure != null || head != null) {
                  sources.mayHave(queue);
                }
                armed = false;
                bell.ring();
              });
    }

    void close() {
      if (connection != null) {
        connection.close();
        connection = null;
      }
    }
  }
}
