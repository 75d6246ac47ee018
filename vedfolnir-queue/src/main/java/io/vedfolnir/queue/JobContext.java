// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Instant;
import java.util.Optional;

/** What a running handler may know about its job. Thread-safe. */
public interface JobContext {

  /** The job id. */
  String id();

  /** The queue it came from. */
  String queue();

  /** The function that was called. */
  String function();

  /** Which start of this job on a JVM worker this is, from 1. Starts by Python do not count. */
  int attempt();

  /** How many retries are left if this run fails. */
  int retriesLeft();

  /** When the run is ended by force, by the clock of Redis; empty if the job has no timeout. */
  Optional<Instant> deadline();

  /**
   * True once the run is in vain: timed out, taken over by others, or the worker is being closed.
   * The handler should return soon.
   */
  boolean isCancelled();

  /**
   * The fencing token: this run of this job and no other, 32 hexadecimal digits. A result is
   * recorded only while Redis still holds this execution.
   */
  String executionId();
}
