// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Duration;

/**
 * How much of what has ended is kept, on top of the TTLs of each job. Jobs without an end of their
 * own, as canceled ones, are only ever removed by this.
 *
 * @param finished rule for finished jobs. Default 1 day
 * @param failed rule for failed and stopped jobs. Default 3 days
 * @param canceled rule for canceled jobs. Default 12 hours
 */
public record Retention(Keep finished, Keep failed, Keep canceled) {

  /**
   * What is kept of one registry.
   *
   * @param age how long after its end a job is kept; 0 to 36,500 days
   * @param count how many are kept, the newest ones; 0 or more
   */
  public record Keep(Duration age, long count) {

    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** Checks the bounds. */
    public Keep {
      if (age.isNegative() || age.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException("age is between 0 and 36,500 days");
      }
      if (count < 0) {
        throw new IllegalArgumentException("count is 0 or more");
      }
    }

    /** All of them, as long as their own TTL says. */
    public static Keep all() {
      return new Keep(LONGEST, Long.MAX_VALUE);
    }

    /** Those that ended not longer ago. */
    public static Keep noLongerThan(Duration age) {
      return all().withAge(age);
    }

    /** The newest ones. */
    public static Keep noMoreThan(long count) {
      return all().withCount(count);
    }

    /** With this age. */
    public Keep withAge(Duration age) {
      return new Keep(age, count);
    }

    /** With this count. */
    public Keep withCount(long count) {
      return new Keep(age, count);
    }
  }

  /** The application's default policy: 86,400 s, 259,200 s and 43,200 s. */
  public static Retention defaults() {
    return new Retention(
        Keep.noLongerThan(Duration.ofDays(1)),
        Keep.noLongerThan(Duration.ofDays(3)),
        Keep.noLongerThan(Duration.ofHours(12)));
  }

  /** With this rule for finished jobs. */
  public Retention withFinished(Keep finished) {
    return new Retention(finished, failed, canceled);
  }

  /** With this rule for failed jobs. */
  public Retention withFailed(Keep failed) {
    return new Retention(finished, failed, canceled);
  }

  /** With this rule for canceled jobs. */
  public Retention withCanceled(Keep canceled) {
    return new Retention(finished, failed, canceled);
  }

  /**
   * What a sweep did.
   *
   * @param removed jobs that were deleted
   * @param ghosts registry entries that were removed because their job was gone
   */
  public record Swept(long removed, long ghosts) {

    /** Both together. */
    public Swept plus(Swept other) {
      return new Swept(removed + other.removed, ghosts + other.ghosts);
    }
  }
}
