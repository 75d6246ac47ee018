// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.vedfolnir.queue.Enqueue;
import java.time.Duration;

/** How long something is kept, in RQ's whole seconds: 0 not at all, -1 for ever. */
public record Ttl(long seconds) {

  static final long LONGEST = Duration.ofDays(36_500).toSeconds();

  /** Checks the bounds. */
  public Ttl {
    if (seconds < -1 || seconds > LONGEST) {
      throw new IllegalArgumentException("a TTL is -1, or 0 to 100 years, in seconds");
    }
  }

  /** Of a duration; {@link Enqueue#FOREVER} is -1. */
  public static Ttl of(Duration duration) {
    return new Ttl(duration.equals(Enqueue.FOREVER) ? -1 : duration.toSeconds());
  }

  /** As a duration. */
  public Duration duration() {
    return isForever() ? Enqueue.FOREVER : Duration.ofSeconds(seconds);
  }

  /** True for RQ's -1. */
  public boolean isForever() {
    return seconds < 0;
  }

  /** True if nothing is kept. */
  public boolean isNothing() {
    return seconds == 0;
  }
}
