// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vedfolnir.session.Session;
import java.util.OptionalLong;

/**
 * How a session stands in the indexes.
 *
 * @param user whose it is; stands among the deadlines with the id, because nobody could ask for it
 *     once the session is gone
 */
record Deadline(String id, OptionalLong user) {

  static Deadline of(Session session) {
    return new Deadline(session.id(), session.userId());
  }

  /** Reads a member of the deadlines; no id has a colon. */
  static Deadline of(byte[] member) {
    String text = new String(member, US_ASCII);
    int colon = text.indexOf(':');
    return colon < 0
        ? new Deadline(text, OptionalLong.empty())
        : new Deadline(
            text.substring(0, colon), OptionalLong.of(Long.parseLong(text.substring(colon + 1))));
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
