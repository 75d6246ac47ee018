// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.rq.RqKeys;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An id that was moved out of a queue and waits in its intermediate list. Main thread only. */
final class Claim {

  private final String queue;
  private final byte[] raw;
  private long payload = -1;
  private @Nullable Execution doubtful;

  Claim(String queue, byte[] raw) {
    this.queue = queue;
    this.raw = raw;
  }

  /** Where it came from. */
  String queue() {
    return queue;
  }

  /** The list element, as it is. */
  byte[] raw() {
    return raw;
  }

  /** The list element as text; it may be anything. */
  String id() {
    return RqKeys.text(raw);
  }

  boolean isMeasured() {
    return payload >= 0;
  }

  /** Bytes of the job's payload, once they are known. */
  long payload() {
    return payload;
  }

  void payload(long bytes) {
    payload = bytes;
  }

  /** A start of which nobody knows whether it happened: its reply was lost. */
  Optional<Execution> doubtful() {
    return Optional.ofNullable(doubtful);
  }

  void doubt(Execution execution) {
    doubtful = execution;
  }
}
