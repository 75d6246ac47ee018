// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import org.jspecify.annotations.Nullable;

/**
 * Runs the jobs of one {@link JobType}; see {@link JobHandler} for the rules.
 *
 * @param <A> arguments
 * @param <R> result
 */
@FunctionalInterface
public interface TypedJobHandler<A extends Record, R> {

  /**
   * Runs one job.
   *
   * @return what the caller gets; {@code null} is Python's None
   * @throws Exception whatever went wrong; the job is retried or failed with its text
   */
  @Nullable R handle(A arguments, JobContext context) throws Exception;
}
