// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.vedfolnir.session.SessionId;
import io.vedfolnir.session.SessionSettings;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/** Every key of the session side; nothing else builds one. */
final class SessionKeys {

  private final String keyPrefix;
  private final String indexPrefix;

  SessionKeys(SessionSettings settings) {
    this.keyPrefix = settings.keyPrefix();
    this.indexPrefix = settings.indexPrefix();
  }

  /** STRING, the document; expires. */
  String session(String id) {
    return keyPrefix + SessionId.require(id);
  }

  /** ZSET, session id to expiry in ms since 1970; no TTL. */
  String user(long userId) {
    return indexPrefix + "user:" + userId;
  }

  /** ZSET, session id and user id to expiry in ms since 1970; no TTL. */
  String deadlines() {
    return indexPrefix + "deadlines";
  }

  /** STREAM, moments before which the sessions of a user count no more; no TTL. */
  String notBefore() {
    return indexPrefix + "not-before";
  }

  /**
   * How an id stands among the deadlines: with its user, whom nobody could ask for once it is gone.
   */
  static byte[] deadline(String id, OptionalLong user) {
    return member(user.isPresent() ? id + ":" + user.getAsLong() : id);
  }

  /** How an id stands in the sorted set of its user. */
  static byte[] member(String id) {
    return id.getBytes(StandardCharsets.US_ASCII);
  }
}
