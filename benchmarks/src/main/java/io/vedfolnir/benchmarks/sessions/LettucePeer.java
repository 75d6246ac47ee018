// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks.sessions;

import io.lettuce.core.GetExArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.UUID;

/** Bare Lettuce: one command a verb, bytes that nobody decodes. The floor. */
final class LettucePeer implements Peer {

  private final RedisClient client;
  private final StatefulRedisConnection<String, byte[]> connection;
  private final int inFlight;
  private final ThreadLocal<Queue<RedisFuture<?>>> pending =
      ThreadLocal.withInitial(ArrayDeque::new);

  /**
   * Connects.
   *
   * @param inFlight how many commands a thread sends before it waits for the oldest; 1 is blocking
   */
  LettucePeer(String uri, int inFlight) {
    this.client = RedisClient.create(uri);
    this.connection = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    this.inFlight = inFlight;
  }

  @Override
  public String create() {
    String id = UUID.randomUUID().toString();
    send(commands().set(key(id), Document.BYTES, SetArgs.Builder.ex(Document.TTL)));
    return id;
  }

  @Override
  public void load(String id) {
    send(commands().getex(key(id), GetExArgs.Builder.ex(Document.TTL)));
  }

  @Override
  public void save(String id) {
    send(commands().set(key(id), Document.BYTES, SetArgs.Builder.ex(Document.TTL)));
  }

  @Override
  public void delete(String id) {
    send(commands().del(key(id)));
  }

  private void send(RedisFuture<?> reply) {
    Queue<RedisFuture<?>> mine = pending.get();
    mine.add(reply);
    if (mine.size() >= inFlight) {
      mine.remove().toCompletableFuture().join();
    }
  }

  private RedisAsyncCommands<String, byte[]> commands() {
    return connection.async();
  }

  private static String key(String id) {
    return "vedfolnir:session:" + id;
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
  }
}
