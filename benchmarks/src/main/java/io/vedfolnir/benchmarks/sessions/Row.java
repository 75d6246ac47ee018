// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks.sessions;

import java.util.function.Function;

/** The stores of the table. */
enum Row {
  LETTUCE("bare Lettuce, blocking, no decoding", uri -> new LettucePeer(uri, 1)),
  LETTUCE_ASYNC("bare Lettuce, 32 in flight, no decoding", uri -> new LettucePeer(uri, 32)),
  SPRING("Spring Session Data Redis, simple", SpringPeer::plain),
  SPRING_INDEXED("Spring Session Data Redis, indexed", SpringPeer::indexed),
  REDISSON("Redisson RBucket, JSON", RedissonPeer::new),
  VEDFOLNIR("Vedfolnir, with user index and deadline", VedfolnirPeer::new);

  final String title;
  private final Function<String, Peer> open;

  Row(String title, Function<String, Peer> open) {
    this.title = title;
    this.open = open;
  }

  Peer open(String uri) {
    return open.apply(uri);
  }
}
