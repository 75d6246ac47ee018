// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.util.Optional;

/** How one run of a job has ended, as a {@link JobCallback} sees it. */
public sealed interface JobEnd {

  /**
   * The handler has returned.
   *
   * @param value what it returned; empty stands for None
   */
  record Succeeded(Optional<Object> value) implements JobEnd {}

  /**
   * The run has failed; the job may have retries left.
   *
   * @param exceptionText a traceback, its last line names the exception
   */
  record Failed(String exceptionText) implements JobEnd {}

  /** Somebody has stopped the job. */
  record Stopped() implements JobEnd {}
}
