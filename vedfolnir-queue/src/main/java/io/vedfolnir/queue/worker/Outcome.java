// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import org.jspecify.annotations.Nullable;

/** How a run ended, ready to be recorded. */
sealed interface Outcome {

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
  }

  /** Anything else. */
  record Failed(String exceptionText, Retrying retrying) implements Outcome {}

  /** Whether the job's retries are for this failure. */
  enum Retrying {
    AS_THE_JOB_SAYS,
    NEVER
  }
}
