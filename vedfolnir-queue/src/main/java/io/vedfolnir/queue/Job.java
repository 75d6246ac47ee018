// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A job as it was when it was read. It does not change; read it again to see what happened since.
 *
 * <p>Durations: {@link Enqueue#FOREVER} is RQ's {@code -1}; empty means that the job does not say
 * and the worker's default holds.
 *
 * @param id the job id
 * @param queue name of its queue, RQ's {@code origin}
 * @param status where it is in its life
 * @param description what logs and dashboards show
 * @param createdAt when it was made
 * @param enqueuedAt when it came into its queue last
 * @param startedAt when it was started last
 * @param endedAt when it ended
 * @param timeout longest run time
 * @param jobTtl longest wait in the queue
 * @param resultTtl how long it is kept after success
 * @param failureTtl how long it is kept after a failure
 * @param retriesLeft how many retries it has left
 * @param worker name of the worker that started it last
 * @param result its newest result
 */
public record Job(
    String id,
    String queue,
    JobStatus status,
    String description,
    Optional<Instant> createdAt,
    Optional<Instant> enqueuedAt,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt,
    Optional<Duration> timeout,
    Optional<Duration> jobTtl,
    Optional<Duration> resultTtl,
    Optional<Duration> failureTtl,
    int retriesLeft,
    Optional<String> worker,
    Optional<JobResult> result) {

  /** Id, queue and status; the description may hold private values. */
  @Override
  public String toString() {
    return "Job[" + id + ", " + queue + ", " + status + "]";
  }
}
