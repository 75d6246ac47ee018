// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis.audit;

import java.util.Optional;

/**
 * What a verification of the trail has found.
 *
 * @param entries how many entries were read, up to the first fault
 * @param last the last good entry; empty if there is none
 * @param fault the first thing that is wrong; empty if the trail is whole
 */
public record AuditReport(long entries, Optional<AuditEntry> last, Optional<Fault> fault) {

  /** Whether nothing is wrong. */
  public boolean isIntact() {
    return fault.isEmpty();
  }

  /**
   * A place where the trail is not what was written.
   *
   * @param sequence the first bad entry
   * @param kind what is wrong with it
   */
  public record Fault(long sequence, Kind kind) {}

  /** What may be wrong with an entry. */
  public enum Kind {
    /** Its content is not what its own hash, or the entry after it, vouches for. */
    ALTERED,
    /** It is missing, and no {@linkplain AuditTrail#trim retention} says why. */
    REMOVED,
    /** It is not an entry of an audit trail at all. */
    MALFORMED
  }
}
