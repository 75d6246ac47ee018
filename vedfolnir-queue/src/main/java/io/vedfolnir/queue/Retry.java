// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Duration;
import java.util.List;

/**
 * How often and after which pauses a job runs again when its function fails.
 *
 * @param max how many times after the first; 0 to 1,000
 * @param intervals pauses in whole seconds, 0 to 365 days each; empty means at once. As in RQ, the
 *     last ones are used for the last retries: with 4 retries, 10 s and 100 s mean 10, 10, 10, 100
 */
public record Retry(int max, List<Duration> intervals) {

  private static final Duration LONGEST = Duration.ofDays(365);

  /** Checks the bounds. */
  public Retry {
    intervals = List.copyOf(intervals);
    if (max < 0 || max > 1_000) {
      throw new IllegalArgumentException("max is the number of retries, 0 to 1000");
    }
    if (max == 0 && !intervals.isEmpty()) {
      throw new IllegalArgumentException("intervals without retries mean nothing: raise max");
    }
    for (Duration interval : intervals) {
      if (interval.isNegative() || interval.compareTo(LONGEST) > 0 || interval.toNanosPart() != 0) {
        throw new IllegalArgumentException("intervals are whole seconds, 0 to 365 days");
      }
    }
  }

  /** No retry: the job runs at most once. */
  public static Retry none() {
    return new Retry(0, List.of());
  }

  /** So many retries, at once. */
  public static Retry times(int max) {
    return new Retry(max, List.of());
  }

  /** These retries with pauses. */
  public Retry every(Duration... pauses) {
    return new Retry(max, List.of(pauses));
  }
}
