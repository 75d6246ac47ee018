// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A queue at a glance.
 *
 * @param name its name
 * @param counts entries of each registry, all of them present
 * @param workers names of the workers that listen to it and are alive
 * @param oldest when the job that is next came into the queue; empty if none waits
 */
public record QueueInfo(
    String name, Map<JobRegistry, Long> counts, List<String> workers, Optional<Instant> oldest) {

  /** Copies the collections. */
  public QueueInfo {
    counts = Map.copyOf(counts);
    workers = List.copyOf(workers);
  }

  /** How many entries a registry has. */
  public long count(JobRegistry registry) {
    return counts.getOrDefault(registry, 0L);
  }
}
