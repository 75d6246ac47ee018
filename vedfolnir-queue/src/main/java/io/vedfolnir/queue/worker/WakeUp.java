// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.lettuce.core.LMoveArgs;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.redis.DedicatedConnection;
import io.vedfolnir.redis.RedisAccess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sleeps until one of several queues has a job, without taking it.
 *
 * <p>Redis can block on one list only for a move, so each queue has a connection that waits for
 * {@code BLMOVE q q LEFT LEFT}: the head of the list onto itself. It wakes up like a pop and
 * changes nothing, so a connection that ends at the wrong moment loses no job. Used by one thread,
 * but for {@link #wake()}.
 */
final class WakeUp implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WakeUp.class);

  private final RedisAccess redis;
  private final RqKeys keys;
  private final Duration block;
  private final List<Watch> watches;
  private final Semaphore calls = new Semaphore(0);
  private volatile boolean news;

  WakeUp(Workshop workshop) {
    this.redis = workshop.redis();
    this.keys = workshop.keys();
    List<String> queues = workshop.settings().queues();
    // Longer with many queues, so that an idle worker costs the same.
    this.block = Duration.ofSeconds(Math.max(30, 10L * queues.size()));
    this.watches = queues.stream().map(Watch::new).toList();
  }

  /** Ends the present or next wait. */
  void wake() {
    news = true;
    calls.release();
  }

  /**
   * Waits until a queue may have a job or somebody calls.
   *
   * @throws io.vedfolnir.redis.RedisAccessException if Redis cannot be asked
   */
  void await() throws InterruptedException {
    do {
      watches.forEach(Watch::arm);
      calls.acquire();
      calls.drainPermits();
    } while (!news); // a block that has timed out is only begun again
    news = false;
  }

  @Override
  public void close() {
    watches.forEach(Watch::close);
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
                armed = false;
                if (failure != null || head != null) {
                  wake();
                } else {
                  calls.release();
                }
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
