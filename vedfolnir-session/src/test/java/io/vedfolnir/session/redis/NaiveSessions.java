// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.lettuce.core.GetExArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A session store as it is usually written: GET, change, SET; and a TTL that slides at every read.
 * Kept to show that the races in these tests are real.
 */
final class NaiveSessions implements AutoCloseable {

  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;

  NaiveSessions(String uri) {
    this.client = RedisClient.create(uri);
    this.connection = client.connect();
  }

  /** Changes a document, if there is one. */
  void update(String key, UnaryOperator<String> change) {
    RedisCommands<String, String> redis = connection.sync();
    String document = redis.get(key);
    if (document != null) {
      redis.set(key, change.apply(document), SetArgs.Builder.ex(7_200));
    }
  }

  /** Reads and slides. */
  @Nullable String touch(String key) {
    return connection.sync().getex(key, GetExArgs.Builder.ex(7_200));
  }

  void delete(String key) {
    connection.sync().del(key);
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
  }
}
