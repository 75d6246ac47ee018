// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.rq.JobHash;
import org.jspecify.annotations.Nullable;

/** How a run ended, ready to be recorded. */
sealed interface Outcome {

  /** What is to be recorded. */
  enum Goal {
    FINISHED,
    FAILED,
    RETRIED,
    STOPPED,
    RETURNED
  }

  /** What this outcome means for this job. */
  Goal goal(JobHash hash);

  /** The handler returned. */
  final class Returned implements Outcome {

    private final byte @Nullable [] value;

    Returned(byte @Nullable [] value) {
      this.value = value;
    }

    /** Field {@code return_value}; null stands for None. */
    byte @Nullable [] value() {
      return value;
    }

    @Override
    public Goal goal(JobHash hash) {
      return Goal.FINISHED;
    }
  }

  /** Anything that went wrong. */
  record Failed(String exceptionText, Retrying retrying) implements Outcome {
    @Override
    public Goal goal(JobHash hash) {
      return retrying == Retrying.AS_THE_JOB_SAYS && hash.retriesLeft() > 0
          ? Goal.RETRIED
          : Goal.FAILED;
    }
  }

  /** Somebody has stopped the job. */
  record Stopped(String exceptionText) implements Outcome {
    @Override
    public Goal goal(JobHash hash) {
      return Goal.STOPPED;
    }
  }

  /** The run was broken off and goes back to the front of its queue, as if it had not begun. */
  record BrokenOff() implements Outcome {
    @Override
    public Goal goal(JobHash hash) {
      return Goal.RETURNED;
    }
  }

  /** Whether the job's retries are for this failure. */
  enum Retrying {
    AS_THE_JOB_SAYS,
    NEVER
  }
}
