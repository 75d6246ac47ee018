// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

/**
 * The rights of the people that jobs are about: what is stored of them, and its end. Thread-safe.
 *
 * <p>Covers jobs that are in a queue or registry, with payload, meta, description, results,
 * executions and dependents, and the application's own keys of a task: progress, locks, task
 * authorisation, backups, correlation ids, retry and failure notes, dead letters, security events
 * and logs. A job that is in no registry any more is found only if an access with the right to SCAN
 * was given.
 *
 * <p>These calls read every job once and are for the rare occasion, not for requests. They block
 * for as long as that takes.
 */
public interface JobPrivacy {

  /** Reads everything. */
  JobExport export(JobSubject subject);

  /** Counts what {@link #erase} would remove, and changes nothing. */
  PrivacyReceipt preview(JobSubject subject);

  /**
   * Removes everything. Jobs that wait for a removed one no longer wait for it. A job that runs is
   * left and counted: its worker would write it again.
   */
  PrivacyReceipt erase(JobSubject subject);

  /**
   * Takes everything personal out of jobs that have ended, and keeps function, times, status and
   * outcome for statistics; the application's own keys are removed as by {@link #erase}.
   */
  PrivacyReceipt anonymise(JobSubject subject);

  /** The same with futures. */
  AsyncJobPrivacy async();
}
