// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Instant;

/**
 * What an erasure or anonymisation did, or in a dry run would do. It names nobody.
 *
 * @param dryRun whether nothing was changed
 * @param at when, by the clock of Redis
 * @param jobs how many jobs, each with payload, results, executions, queue and registries
 * @param documents how many keys of the application
 * @param items how many items of the application's lists
 * @param left how many jobs had to be left: those that run, and for an anonymisation those that
 *     wait. Do it again when they have ended
 */
public record PrivacyReceipt(
    boolean dryRun, Instant at, long jobs, long documents, long items, long left) {

  /** True if nothing of the person is left that this could find. */
  public boolean isComplete() {
    return !dryRun && left == 0;
  }
}
