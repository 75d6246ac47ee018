// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks.sessions;

import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.session.SessionStore;
import io.vedfolnir.session.redis.RedisSessionStore;
import java.util.concurrent.ThreadLocalRandom;

/** Ours, blocking: user index and deadline in each write, no lost update. */
final class VedfolnirPeer implements Peer {

  private static final AttributeKey<String> THEME = AttributeKey.text("theme");

  private final RedisAccess redis;
  private final SessionStore sessions;

  VedfolnirPeer(String uri) {
    this.redis = RedisAccess.open(RedisSettings.of(uri));
    this.sessions = RedisSessionStore.open(redis, SessionSettings.defaults());
  }

  @Override
  public String create() {
    return sessions
        .create(
            Login.of(ThreadLocalRandom.current().nextLong(1, 100_000), "admin")
                .withRole("admin")
                .withPlatform(123, "My Platform"))
        .id();
  }

  @Override
  public void load(String id) {
    sessions.touch(id);
  }

  @Override
  public void save(String id) {
    String theme = "t" + ThreadLocalRandom.current().nextInt(1_000);
    sessions.update(id, session -> session.with(THEME, theme));
  }

  @Override
  public void delete(String id) {
    sessions.delete(id);
  }

  @Override
  public void close() {
    sessions.close();
    redis.close();
  }
}
