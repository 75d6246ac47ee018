// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.codec.PayloadRefusedException;
import io.vedfolnir.queue.codec.Trust;
import io.vedfolnir.redis.Subscription;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens to the commands that {@code rq} and others publish for this worker. */
final class RemoteControl implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RemoteControl.class);
  private static final int LONGEST = 4_096;

  private final Workshop workshop;
  private final JobRunner runner;
  private final Runnable shutdown;
  private final Subscription subscription;

  /**
   * Subscribes.
   *
   * @throws io.vedfolnir.redis.RedisAccessException if that is not possible
   */
  RemoteControl(Workshop workshop, JobRunner runner, Runnable shutdown) {
    this.workshop = workshop;
    this.runner = runner;
    this.shutdown = shutdown;
    this.subscription =
        workshop
            .redis()
            .subscribe(
                List.of(workshop.keys().commands(workshop.name())),
                (channel, message) -> obey(message));
  }

  private void obey(byte[] message) {
    Object command = null;
    Object job = null;
    try {
      if (message.length <= LONGEST
          && workshop.codec().json().loads(message, Trust.RESULT) instanceof Map<?, ?> fields) {
        command = fields.get("command");
        job = fields.get("job_id");
      }
    } catch (PayloadRefusedException e) {
      log.debug("a command is no JSON: {}", e.getMessage());
    }
    if ("shutdown".equals(command)) {
      log.info("worker {} is told to shut down", workshop.name());
      shutdown.run();
    } else if ("kill-horse".equals(command)) {
      log.info("worker {} is told to end what it runs", workshop.name());
      runner.killAll();
    } else if ("stop-job".equals(command) && job instanceof String id) {
      log.info("worker {} is told to stop a job", workshop.name());
      runner.stop(id);
    } else {
      log.warn("worker {} does not know a command that it was sent", workshop.name());
    }
  }

  @Override
  public void close() {
    subscription.close();
  }
}
