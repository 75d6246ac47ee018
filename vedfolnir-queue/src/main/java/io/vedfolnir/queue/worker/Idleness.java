// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.vedfolnir.queue.Worker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells monitors that the worker has nothing to do. Written when it begins to wait, not after each
 * job, so that it costs nothing under load.
 */
final class Idleness {

  private static final Logger log = LoggerFactory.getLogger(Idleness.class);

  private final Workshop workshop;
  private final Running running;
  private volatile boolean waiting;
  private String told = "";

  Idleness(Workshop workshop, Running running) {
    this.workshop = workshop;
    this.running = running;
  }

  /** The queues are empty; jobs may still run. */
  void begin() {
    waiting = true;
    tell();
  }

  /** Somebody has paused all workers. */
  void suspended() {
    waiting = true;
    tell("suspended");
  }

  /** There may be something to fetch. */
  void end() {
    waiting = false;
  }

  /** A job has been started: the worker's hash says so. */
  synchronized void busy() {
    told = "";
  }

  /** A job has ended, perhaps the last one. */
  void jobEnded() {
    tell();
  }

  /** What the worker does, seen from here. */
  Worker.State state() {
    return running.isEmpty() ? Worker.State.IDLE : Worker.State.BUSY;
  }

  private void tell() {
    tell("idle");
  }

  private synchronized void tell(String state) {
    if (state.equals(told) || !waiting || !running.isEmpty()) {
      return;
    }
    told = state;
    String worker = workshop.workerKey();
    workshop
        .redis()
        .together(
            commands -> {
              commands.hdel(worker, "current_job");
              return commands.hset(worker, "state", bytes(state));
            })
        .whenComplete(
            (reply, failure) -> {
              if (failure != null) {
                log.debug("the idle state was not written: {}", failure.getMessage());
              }
            });
  }
}
