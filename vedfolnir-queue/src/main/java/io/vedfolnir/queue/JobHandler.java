// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import org.jspecify.annotations.Nullable;

/**
 * Runs the jobs of one function. Called by several threads at once.
 *
 * <p>A job may run more than once (after a retry, or when its worker died): make it safe to repeat,
 * or use {@link JobContext#executionId()} to tell the runs apart.
 */
@FunctionalInterface
public interface JobHandler {

  /**
   * Runs one job. The thread is interrupted at the job's timeout and at the end of a shutdown's
   * grace; what is returned after that is not recorded.
   *
   * @return what the caller gets; {@code null} is Python's None
   * @throws Exception whatever went wrong; the job is retried or failed with its text
   */
  @Nullable Object handle(RemoteCall call, JobContext context) throws Exception;
}
