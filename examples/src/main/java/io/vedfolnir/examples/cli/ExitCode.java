// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.cli;

import io.vedfolnir.queue.QueueException;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.session.SessionException;

/** What the program's exit status says. */
enum ExitCode {
  /** Done. */
  DONE(0),
  /** What was asked for does not exist, or has not ended in time. */
  NOT_FOUND(1),
  /** The words of the command, or what is stored, cannot be used. */
  BAD_INPUT(2),
  /** Redis cannot be reached, refuses the login, or does not do it. */
  REDIS_UNAVAILABLE(3),
  /** The job was run and failed. */
  JOB_FAILED(4);

  private final int status;

  ExitCode(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }

  static ExitCode of(Throwable failure) {
    if (failure instanceof RedisAccessException
        || failure instanceof QueueException.OutcomeUnknown) {
      return REDIS_UNAVAILABLE;
    }
    if (failure instanceof QueueException.JobFailed) {
      return JOB_FAILED;
    }
    if (failure instanceof QueueException.ResultTimeout) {
      return NOT_FOUND;
    }
    if (failure instanceof IllegalArgumentException
        || failure instanceof SessionException
        || failure instanceof QueueException) {
      return BAD_INPUT;
    }
    throw new IllegalStateException("an unexpected failure", failure);
  }
}
