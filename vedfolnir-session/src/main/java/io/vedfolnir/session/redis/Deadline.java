// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionId;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a session stands in the indexes.
 *
 * @param user whose it is; stands among the deadlines with the id, because nobody could ask for it
 *     once the session is gone
 */
record Deadline(String id, OptionalLong user) {

  private static final Pattern WITH_USER = Pattern.compile("([^:]+):(-?[0-9]{1,18})");

  static Deadline of(Session session) {
    return new Deadline(session.id(), session.userId());
  }

  /** Reads a member of the deadlines; one that is none of ours has an id that is none. */
  static Deadline of(byte[] member) {
    String text = new String(member, US_ASCII);
    Matcher parts = WITH_USER.matcher(text);
    return parts.matches()
        ? new Deadline(parts.group(1), OptionalLong.of(Long.parseLong(parts.group(2))))
        : new Deadline(text, OptionalLong.empty());
  }

  /** Whether it can be a session's. */
  boolean isValid() {
    return SessionId.isValid(id);
  }

  /** The member of the deadlines. */
  byte[] member() {
    return (user.isPresent() ? id + ":" + user.getAsLong() : id).getBytes(US_ASCII);
  }

  /** The member of the user's own set. */
  byte[] userMember() {
    return id.getBytes(US_ASCII);
  }
}
