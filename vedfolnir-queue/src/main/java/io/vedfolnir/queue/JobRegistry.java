// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

/** Where a queue keeps the ids of its jobs, by what they are up to. */
public enum JobRegistry {
  /** The queue itself, the next job first. */
  QUEUED,
  /** Taken by a worker and about to start (RQ 1.15). */
  CLAIMED,
  /** Running. An entry names the execution and when its lease ends (RQ 2). */
  STARTED,
  /** Ended well. An entry tells until when the result is kept. */
  FINISHED,
  /** Failed or stopped. An entry tells until when the job is kept. */
  FAILED,
  /** Wait for other jobs. An entry tells since when. */
  DEFERRED,
  /** Wait for their time. An entry tells when that is. */
  SCHEDULED,
  /** Will not run. An entry tells since when. */
  CANCELED
}
