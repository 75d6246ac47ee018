// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.vedfolnir.session.SessionId;
import io.vedfolnir.session.SessionSettings;
import java.nio.charset.StandardCharsets;

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

  /** ZSET, session id to expiry in ms since 1970; no TTL. */
  String deadlines() {
    return indexPrefix + "deadlines";
  }

  /** How an id stands in the sorted sets. */
  static byte[] member(String id) {
    return id.getBytes(StandardCharsets.US_ASCII);
  }
}
