// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

  /**
   * What the job carries beside its arguments, read now; Python's {@code job.meta}.
   *
   * @throws IllegalStateException if it cannot be read
   */
  Map<String, @Nullable Object> meta();

  /**
   * Replaces it, for everybody to see while the job runs: progress, for example. In the serializer
   * of the job.
   *
   * @return false if nothing was written, because the run has been taken over or the job is gone
   * @throws IllegalArgumentException if a value cannot be carried
   */
  boolean saveMeta(Map<String, ? extends @Nullable Object> meta);
}
