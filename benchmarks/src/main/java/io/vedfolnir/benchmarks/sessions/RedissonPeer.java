// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks.sessions;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.redisson.Redisson;
import org.redisson.api.RBucket;
import org.redisson.api.RedissonClient;
import org.redisson.codec.JsonJacksonCodec;
import org.redisson.config.Config;

/** Redisson's RBucket with JSON: one document a session, no index. */
final class RedissonPeer implements Peer {

  private static final Duration TTL = Duration.ofSeconds(Document.TTL);

  // The codec writes down the class of the map, which must be one that it makes again.
  private static final Map<String, Object> FIELDS = new LinkedHashMap<>(Document.FIELDS);

  private final RedissonClient client;

  RedissonPeer(String uri) {
    URI address = URI.create(uri);
    String[] login = address.getUserInfo().split(":", 2);
    Config config = new Config();
    config.setCodec(new JsonJacksonCodec());
    config.setUsername(login[0]).setPassword(login[1]);
    config.useSingleServer().setAddress("redis://" + address.getHost() + ":" + address.getPort());
    this.client = Redisson.create(config);
  }

  @Override
  public String create() {
    String id = UUID.randomUUID().toString();
    bucket(id).set(FIELDS, TTL);
    return id;
  }

  @Override
  public void load(String id) {
    bucket(id).getAndExpire(TTL);
  }

  @Override
  public void save(String id) {
    bucket(id).set(FIELDS, TTL);
  }

  @Override
  public void delete(String id) {
    bucket(id).delete();
  }

  private RBucket<Map<String, Object>> bucket(String id) {
    return client.getBucket("vedfolnir:session:" + id);
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
