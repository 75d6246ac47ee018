// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.lettuce.core.KeyScanArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.session.SessionStore;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.Role;
import java.time.Duration;

/** A store of one test, as the session user, and a look behind it as the test user. */
final class Sessions implements AutoCloseable {

  final SessionSettings settings;
  final RedisAccess access;
  final SessionStore store;

  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;
  private final RedisEndpoint endpoint;

  private Sessions(RedisEndpoint endpoint, RedisSettings redis, SessionSettings settings) {
    this.endpoint = endpoint;
    this.settings = settings;
    this.access = RedisAccess.open(redis);
    this.store = RedisSessionStore.open(access, settings);
    this.client = RedisClient.create(endpoint.uri(Role.TEST));
    this.connection = client.connect();
  }

  static Sessions open(RedisEndpoint endpoint, KeyPrefix prefix) {
    return open(endpoint, endpoint, prefix, SessionSettings.defaults());
  }

  static Sessions open(RedisEndpoint endpoint, KeyPrefix prefix, SessionSettings settings) {
    return open(endpoint, endpoint, prefix, settings);
  }

  /** With a store that goes another way to the server, such as through a proxy. */
  static Sessions open(
      RedisEndpoint server, RedisEndpoint way, KeyPrefix prefix, SessionSettings settings) {
    return new Sessions(
        server,
        RedisSettings.of(way.uri(Role.SESSION)).withCommandTimeout(Duration.ofMillis(500)),
        settings.withPrefixes(
            "vedfolnir:session:" + prefix.value(), "vedfolnir:{session}:" + prefix.value()));
  }

  /** Redis as the test user sees it. */
  RedisCommands<String, String> redis() {
    return connection.sync();
  }

  RedisEndpoint endpoint() {
    return endpoint;
  }

  String key(String id) {
    return settings.keyPrefix() + id;
  }

  String userKey(long userId) {
    return settings.indexPrefix() + "user:" + userId;
  }

  String deadlinesKey() {
    return settings.indexPrefix() + "deadlines";
  }

  /** Waits for what the store writes behind its replies. */
  void settle() {
    ((RedisAsyncSessionStore) store.async()).drain();
  }

  /** Puts a document there as another program does. */
  void put(String id, String document) {
    redis().set(key(id), document, SetArgs.Builder.ex(7_200));
  }

  Duration ttl(String id) {
    return Duration.ofMillis(redis().pttl(key(id)));
  }

  @Override
  public void close() {
    store.close();
    access.close();
    for (String prefix : new String[] {settings.keyPrefix(), settings.indexPrefix()}) {
      ScanIterator<String> keys =
          ScanIterator.scan(redis(), KeyScanArgs.Builder.matches(prefix + "*").limit(1_000));
      keys.forEachRemaining(redis()::del);
    }
    connection.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }
}
