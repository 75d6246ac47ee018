// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;

/**
 * Messages of some channels, received on a connection of their own.
 *
 * <p>It reconnects and subscribes again by itself; what was published meanwhile is lost, as always
 * with Redis' publish/subscribe. Close it to end it.
 */
public final class Subscription implements AutoCloseable {

  private final StatefulRedisPubSubConnection<String, byte[]> connection;

  Subscription(StatefulRedisPubSubConnection<String, byte[]> connection) {
    this.connection = connection;
  }

  /** Ends the subscription and its connection. */
  @Override
  public void close() {
    connection.close();
  }
}
