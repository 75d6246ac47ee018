// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Some entries of a registry, as they are: reading removes nothing, also not what has expired.
 *
 * @param registry which one
 * @param total how many entries it has
 * @param entries those that were asked for, in the registry's order
 */
public record RegistryPage(JobRegistry registry, long total, List<Entry> entries) {

  /** Copies the entries. */
  public RegistryPage {
    entries = List.copyOf(entries);
  }

  /**
   * A job in a registry. The job itself may be gone.
   *
   * @param id the job
   * @param at what {@link JobRegistry} says of its entries; empty for those without a time, and for
   *     what is kept for ever
   * @param executionId which run of the job, in {@link JobRegistry#STARTED} since RQ 2
   */
  public record Entry(String id, Optional<Instant> at, Optional<String> executionId) {

    /** Neither id nor run. */
    @Override
    public String toString() {
      return "Entry[" + at.map(Instant::toString).orElse("") + "]";
    }
  }
}
