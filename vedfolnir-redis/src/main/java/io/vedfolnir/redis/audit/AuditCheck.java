// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis.audit;

import io.lettuce.core.StreamMessage;
import io.vedfolnir.redis.audit.AuditReport.Fault;
import io.vedfolnir.redis.audit.AuditReport.Kind;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Goes through a trail from its first entry to its last, and remembers the first fault. */
final class AuditCheck {

  private static final Pattern FIRST = Pattern.compile("first=([1-9][0-9]{0,17})");

  private final Optional<AuditEntry> anchor;
  private boolean anchored;
  private long entries;
  private long first;
  private long trimmedTo = 1;
  private @Nullable AuditEntry last;
  private @Nullable Fault fault;

  AuditCheck(Optional<AuditEntry> anchor) {
    this.anchor = anchor;
    this.anchored = anchor.isEmpty();
  }

  void look(StreamMessage<String, byte[]> message) {
    Optional<AuditEntry> entry = AuditEntry.read(message);
    entry.filter(AuditEntry::isConsistent).ifPresent(this::noteTrim);
    if (fault != null) {
      return; // what follows is read for its retention only
    }
    fault = entry.isPresent() ? faultOf(entry.get()) : new Fault(expected(message), Kind.MALFORMED);
    if (fault == null) {
      last = entry.orElseThrow();
      entries++;
    }
  }

  private void noteTrim(AuditEntry entry) {
    Matcher detail = FIRST.matcher(entry.event().detail());
    if (entry.event().action().equals(AuditTrail.TRIM) && detail.matches()) {
      trimmedTo = Math.max(trimmedTo, Long.parseLong(detail.group(1)));
    }
  }

  private @Nullable Fault faultOf(AuditEntry entry) {
    AuditEntry before = last;
    if (before == null) {
      first = entry.sequence();
    } else if (entry.sequence() != before.sequence() + 1) {
      return new Fault(before.sequence() + 1, Kind.REMOVED);
    }
    if (!entry.isConsistent()) {
      return new Fault(entry.sequence(), Kind.ALTERED);
    }
    // An entry that was changed together with its own hash is told by its successor. Of the very
    // first that is left, the predecessor is gone with its hash.
    if (before != null && !entry.previous().equals(before.hash())) {
      return new Fault(before.sequence(), Kind.ALTERED);
    }
    if (entry.sequence() == 1 && !entry.previous().equals(AuditEntry.BEGINNING)) {
      return new Fault(1, Kind.ALTERED);
    }
    return anchorFault(entry);
  }

  private @Nullable Fault anchorFault(AuditEntry entry) {
    if (anchor.isEmpty() || anchor.get().sequence() != entry.sequence()) {
      return null;
    }
    anchored = anchor.get().hash().equals(entry.hash());
    return anchored ? null : new Fault(entry.sequence(), Kind.ALTERED);
  }

  private long expected(StreamMessage<String, byte[]> message) {
    try {
      return AuditEntry.sequenceOf(message.getId());
    } catch (NumberFormatException e) {
      return last == null ? 1 : last.sequence() + 1;
    }
  }

  /**
   * The result.
   *
   * @param highest the highest number that was ever given
   */
  AuditReport report(long highest) {
    return new AuditReport(
        entries, Optional.ofNullable(last), Optional.ofNullable(earliest(highest)));
  }

  private @Nullable Fault earliest(long highest) {
    if (first > trimmedTo) {
      return new Fault(trimmedTo, Kind.REMOVED);
    }
    if (fault != null) {
      return fault;
    }
    long end = last == null ? 0 : last.sequence();
    if (highest > end) {
      return new Fault(end + 1, Kind.REMOVED);
    }
    if (!anchored && anchor.orElseThrow().sequence() > end) {
      return new Fault(end + 1, Kind.REMOVED);
    }
    return null; // an anchor before the first entry went with the retention
  }
}
