// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.vedfolnir.session.SessionId;
import io.vedfolnir.session.SessionSettings;
import java.util.Optional;
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

  /** The id of the session that lies under a key; empty if it is no session's. */
  Optional<String> idOf(String key) {
    return key.startsWith(keyPrefix)
        ? Optional.of(key.substring(keyPrefix.length()))
        : Optional.empty();
  }

  /** ZSET, session id to expiry in ms since 1970; no TTL. */
  String user(long userId) {
    return indexPrefix + "user:" + userId;
  }

  /** Glob of the keys of all sessions, for an operator's SCAN. */
  String anySession() {
    return keyPrefix + "*";
  }

  /** Glob of the indexes of all users, for an operator's SCAN. */
  String anyUser() {
    return indexPrefix + "user:*";
  }

  /** Whose index a key is; empty if it is none. */
  OptionalLong userOf(String key) {
    String user = key.substring((indexPrefix + "user:").length());
    return user.matches("-?[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(user))
        : OptionalLong.empty();
  }

  /** ZSET, session id and user id to expiry in ms since 1970; no TTL. */
  String deadlines() {
    return indexPrefix + "deadlines";
  }

  /** STREAM, moments before which the sessions of a user count no more; no TTL. */
  String notBefore() {
    return indexPrefix + "not-before";
  }

  /** STREAM, lifecycle events; no TTL. */
  String events() {
    return indexPrefix + "events";
  }

  /** STRING, which process sweeps at present; expires. */
  String sweeper() {
    return indexPrefix + "sweeper";
  }
}
