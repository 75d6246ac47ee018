// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

/** An id that was moved out of a queue and waits in its intermediate list. */
final class Claim {

  private final String queue;
  private final byte[] raw;

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
}
