// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.Worker;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens, from any thread. */
final class Tally {

  final LongAdder finished = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder retried = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder ghosts = new LongAdder();
  final LongAdder unreadable = new LongAdder();
  final LongAdder skipped = new LongAdder();
  final LongAdder recovered = new LongAdder();

  Worker.Counts counts() {
    return new Worker.Counts(
        finished.sum(),
        failed.sum(),
        retried.sum(),
        refused.sum(),
        ghosts.sum(),
        unreadable.sum(),
        skipped.sum(),
        recovered.sum());
  }
}
