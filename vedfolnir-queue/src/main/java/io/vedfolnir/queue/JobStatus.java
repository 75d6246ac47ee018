// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.util.Arrays;

/** Where a job is in its life, in RQ's words. */
public enum JobStatus {
  /** Made, in no queue yet (RQ 2.4.1). */
  CREATED("created"),
  /** In its queue, or on its way from there to a worker. */
  QUEUED("queued"),
  /** A worker runs it. */
  STARTED("started"),
  /** Ended well. */
  FINISHED("finished"),
  /** Ended with an exception, a timeout or a lost worker, with no retry left. */
  FAILED("failed"),
  /** Waits for other jobs. */
  DEFERRED("deferred"),
  /** Waits for its time. */
  SCHEDULED("scheduled"),
  /** Stopped by hand while it ran. */
  STOPPED("stopped"),
  /** Will not run. */
  CANCELED("canceled"),
  /** Waits for a rate limit (RQ 3). */
  RATE_LIMITED("rate_limited"),
  /** Its dependencies are met and it is about to be queued (RQ 3). */
  READY_TO_ENQUEUE("ready_to_enqueue"),
  /** A word that this version does not know. It is read, and never written. */
  UNKNOWN("");

  private final String word;

  JobStatus(String word) {
    this.word = word;
  }

  /** RQ's word, as it lies in Redis; empty for {@link #UNKNOWN}. */
  public String word() {
    return word;
  }

  /** True if no worker will touch the job again by itself. */
  public boolean isEnded() {
    return this == FINISHED || this == FAILED || this == STOPPED || this == CANCELED;
  }

  /** The status of RQ's word, {@link #UNKNOWN} for any other text. */
  public static JobStatus of(String word) {
    return Arrays.stream(values())
        .filter(status -> status != UNKNOWN && status.word.equals(word))
        .findFirst()
        .orElse(UNKNOWN);
  }
}
