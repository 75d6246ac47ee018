// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Duration;

/**
 * Something that runs jobs until it is closed. Thread-safe.
 *
 * <p>Closing is a warm shutdown: no more jobs are taken, those that run have the settings' grace to
 * end, and what has not been started goes back to the front of its queue. When {@code close}
 * returns, its threads, connections and its registration are gone.
 */
public interface Worker extends AutoCloseable {

  /** What a worker is doing. */
  enum State {
    /** Registered, has not looked for jobs yet. */
    STARTED,
    /** Waits for a job. */
    IDLE,
    /** Runs at least one job. */
    BUSY,
    /** Takes no more jobs. */
    STOPPING,
    /** Gone. */
    STOPPED
  }

  /**
   * What a worker has seen since its start.
   *
   * @param finished jobs that ended well
   * @param failed runs that failed for good
   * @param retried runs that failed and will run again
   * @param refused results that were not recorded, because the execution had been taken away
   * @param ghosts ids in a queue whose job was gone: expired, evicted or deleted
   * @param unreadable jobs whose hash or id could not be read
   * @param skipped ids whose job was not queued any more, such as canceled ones
   * @param recovered jobs of dead workers that it queued again, or failed
   */
  record Counts(
      long finished,
      long failed,
      long retried,
      long refused,
      long ghosts,
      long unreadable,
      long skipped,
      long recovered) {}

  /** Its name in Redis. */
  String name();

  /** What it is doing now. */
  State state();

  /** What it has seen so far. */
  Counts counts();

  /** Waits until it has stopped: closed by someone, or at the end of a burst. */
  void awaitStopped() throws InterruptedException;

  /**
   * Waits until it has stopped, or for so long.
   *
   * @return whether it has stopped
   */
  boolean awaitStopped(Duration atMost) throws InterruptedException;

  /**
   * Shuts down coldly and returns when it is done: what runs is interrupted at once, and recorded
   * as if a shutdown's grace were over.
   */
  void closeNow();

  /** Shuts down warmly and returns when it is done. */
  @Override
  void close();
}
