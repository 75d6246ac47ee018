// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

/** What becomes of the jobs that wait for one that is canceled or deleted. */
public enum DependentJobs {
  /** They go on waiting: after a cancel until the job is queued again, else for ever. */
  LEAVE,
  /** They no longer wait for it, and are queued if they wait for nothing else. */
  ENQUEUE
}
