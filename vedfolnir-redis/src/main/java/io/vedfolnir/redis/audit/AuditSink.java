// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis.audit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where entries go besides Redis: a place that whoever can write Redis cannot change.
 *
 * <p>An entry kept elsewhere is what {@link AuditTrail#verify(AuditEntry)} can hold the trail
 * against, if all of it was rewritten. Called once for each entry of this process, after Redis has
 * it, possibly on a network thread: it must not block. What it throws is logged.
 */
@FunctionalInterface
public interface AuditSink {

  /** Takes an entry that is on record. */
  void accept(AuditEntry entry);

  /** Writes entries to the SLF4J logger {@code io.vedfolnir.audit}, at level info. */
  static AuditSink slf4j() {
    Logger log = LoggerFactory.getLogger("io.vedfolnir.audit");
    return entry ->
        log.info(
            "audit {} {}: {} did {} to [{}] {} hash {}",
            entry.sequence(),
            entry.at(),
            entry.event().actor(),
            entry.event().action(),
            entry.event().subject(),
            entry.event().detail(),
            entry.hash());
  }
}
