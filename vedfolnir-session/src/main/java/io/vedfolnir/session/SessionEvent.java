// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Something that happened to a session.
 *
 * @param kind what
 * @param sessionId to which; a bearer token while the session lives, to be kept out of logs
 * @param userId whose it was; empty if the session had no user
 * @param previousId the id it had before, when it was rotated
 * @param at when Redis recorded it; an expiry is recorded up to 2 s after it happened
 */
public record SessionEvent(
    Kind kind, String sessionId, OptionalLong userId, Optional<String> previousId, Instant at) {

  /** What can happen to a session. */
  public enum Kind {
    /** Its user logged in. */
    CREATED,
    /** A field changed. */
    UPDATED,
    /** It has a new id. */
    ROTATED,
    /** Its user works on another platform connection. */
    PLATFORM_SWITCHED,
    /** It was ended by its id: its user logged out. */
    DELETED,
    /** Nobody touched it for the idle timeout, or its absolute lifetime was over. */
    EXPIRED,
    /** Redis was full and removed it before its time. */
    EVICTED,
    /** It was ended along with others of its user, or for a newer one of his. */
    REVOKED,
    /** It was removed because its user's data were. */
    ERASED
  }

  /** Shows no id. */
  @Override
  public String toString() {
    return "SessionEvent[" + kind + " at " + at + "]";
  }
}
