// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The server's clock, as far as this process knows it.
 *
 * <p>Due times, leases and deadlines are compared by several machines, so they are all told by the
 * clock of Redis ({@code TIME}): a JVM whose own clock is wrong fails nobody's job. The server is
 * asked when the connection opens and with each keep-alive; in between the JVM's monotonic timer
 * counts on, which does not jump when the machine's clock is set. Accurate to half the round trip
 * of the last question. Thread-safe.
 */
public final class RedisClock implements InstantSource {

  private record Reading(Instant server, long nanoTime) {}

  private volatile Reading reading = new Reading(Instant.now(), System.nanoTime());

  RedisClock() {}

  /** Takes a server time that was asked for at {@code sent} and arrived at {@code received}. */
  void set(Instant server, long sent, long received) {
    reading = new Reading(server, sent + (received - sent) / 2);
  }

  /** The present time of the server, in microseconds. */
  @Override
  public Instant instant() {
    Reading last = reading;
    return last.server().plusNanos((System.nanoTime() - last.nanoTime()) / 1_000 * 1_000);
  }
}
