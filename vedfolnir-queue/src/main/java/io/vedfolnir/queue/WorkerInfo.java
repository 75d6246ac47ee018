// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A worker that is registered and alive, in Python or on the JVM.
 *
 * @param name its name
 * @param queues what it listens to, the most urgent first
 * @param state RQ's word: {@code started}, {@code idle}, {@code busy}, {@code suspended}, or {@code
 *     ?}
 * @param host its machine, if it says so
 * @param pid its process, if it says so
 * @param version version of RQ or of this library
 * @param runtime version of Python or Java
 * @param birth when it came up
 * @param lastHeartbeat when it was heard of last
 * @param currentJobs ids of what it runs, as far as it tells
 * @param finished how many jobs ended well on it
 * @param failed how many did not
 * @param workingTime how long they took, all together
 */
public record WorkerInfo(
    String name,
    List<String> queues,
    String state,
    Optional<String> host,
    Optional<Long> pid,
    Optional<String> version,
    Optional<String> runtime,
    Optional<Instant> birth,
    Optional<Instant> lastHeartbeat,
    List<String> currentJobs,
    long finished,
    long failed,
    Duration workingTime) {

  /** Copies the lists. */
  public WorkerInfo {
    queues = List.copyOf(queues);
    currentJobs = List.copyOf(currentJobs);
  }

  /** Name, state and queues; no job. */
  @Override
  public String toString() {
    return "WorkerInfo[" + name + ", " + state + ", " + queues + "]";
  }
}
