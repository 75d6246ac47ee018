// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

/**
 * What runs when a job has ended, instead of the Python function that the job names.
 *
 * <p>Called by the thread that ran the job, before its end is recorded, within the callback's own
 * timeout. As in RQ, a callback for a success that throws makes the job fail, and what a callback
 * for a failure throws is stored instead of the job's own failure.
 */
@FunctionalInterface
public interface JobCallback {

  /** Tells how a run has ended. */
  void ended(JobContext context, JobEnd end) throws Exception;
}
