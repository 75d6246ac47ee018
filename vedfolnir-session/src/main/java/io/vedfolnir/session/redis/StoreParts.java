// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.session.SessionLife;
import io.vedfolnir.session.SessionSettings;

/** What the verbs of one store share. */
record StoreParts(
    RedisAccess redis,
    SessionSettings settings,
    SessionKeys keys,
    SessionJson json,
    SessionLife life,
    WritesBehind behind,
    UserIndex index,
    NotBefore notBefore,
    Outbox outbox) {

  static StoreParts of(RedisAccess redis, SessionSettings settings) {
    SessionKeys keys = new SessionKeys(settings);
    WritesBehind behind = new WritesBehind();
    return new StoreParts(
        redis,
        settings,
        keys,
        new SessionJson(settings.maxDocumentBytes()),
        new SessionLife(settings),
        behind,
        new UserIndex(redis, keys, behind),
        new NotBefore(keys),
        new Outbox(keys, settings));
  }
}
