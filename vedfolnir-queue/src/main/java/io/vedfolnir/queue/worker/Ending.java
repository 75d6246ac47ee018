// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.worker.Outcome.Goal;
import java.time.Instant;

/** A run that is over and has not been recorded yet. Main thread only, once it is handed over. */
final class Ending {

  private final Execution execution;
  private final Outcome outcome;
  private final Instant at;
  private boolean inDoubt;

  Ending(Execution execution, Outcome outcome, Instant at) {
    this.execution = execution;
    this.outcome = outcome;
    this.at = at;
  }

  Execution execution() {
    return execution;
  }

  Outcome outcome() {
    return outcome;
  }

  Goal goal() {
    return outcome.goal(execution.hash());
  }

  /** When the run ended. */
  Instant at() {
    return at;
  }

  /** The reply to a try was lost: if the entry is gone now, it was this try that removed it. */
  void doubt() {
    inDoubt = true;
  }

  boolean isInDoubt() {
    return inDoubt;
  }
}
