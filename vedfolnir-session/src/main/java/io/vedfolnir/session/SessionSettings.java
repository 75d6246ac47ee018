// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How long sessions live and where they lie; the defaults are the contract with the Python side.
 *
 * <p>Immutable. Values out of bounds are refused when the settings are made, not adjusted.
 *
 * @param idleTimeout life of a session that nobody touches. Default 7200 s; 1 s to 30 days.
 * @param absoluteLifetime life of a session since its login, however often it is touched. It counts
 *     from {@code created_at}: a document without one has the idle timeout only. Default 24 h; 1 s
 *     or more. Empty: none, see {@link #withoutAbsoluteLifetime()}.
 * @param touchGranularity how old the TTL of a key may be before {@link SessionStore#touch} writes
 *     it again. Every such write makes a concurrent update run again, so touching is free of it
 *     most of the time; in return a session may end this much too early. Default 60 s; 0 to 10
 *     minutes. A TTL that has lost half of the idle timeout is always written, whatever stands
 *     here.
 * @param maxDocumentBytes longest document that is read or written. Default 1 MiB; 1 KiB to 16 MiB.
 * @param maxUpdateTries how often an update meets another writer before it gives up. Default 32; 1
 *     to 1,000.
 * @param keyPrefix what the key of a session has before the id. Default {@code vedfolnir:session:}.
 *     1 to 128 ASCII characters without blanks, quotes, backslashes and {@code * ? [ ]}; so also
 *     indexPrefix.
 * @param indexPrefix what the keys of the indexes begin with. Default {@code vedfolnir:{session}:}.
 *     Neither prefix may begin with the other, because the Python side reads every key behind the
 *     first as a session. Stores with different sessions need different ones.
 */
public record SessionSettings(
    Duration idleTimeout,
    Optional<Duration> absoluteLifetime,
    Duration touchGranularity,
    int maxDocumentBytes,
    int maxUpdateTries,
    String keyPrefix,
    String indexPrefix) {

  private static final Pattern PREFIX = Pattern.compile("[!-~&&[^\"'\\\\*?\\[\\]]]{1,128}");

  private static final SessionSettings DEFAULTS =
      new SessionSettings(
          Duration.ofSeconds(7200),
          Optional.of(Duration.ofHours(24)),
          Duration.ofSeconds(60),
          1 << 20,
          32,
          "vedfolnir:session:",
          "vedfolnir:{session}:");

  /** Checks every bound. */
  public SessionSettings {
    require(
        isBetween(idleTimeout, Duration.ofSeconds(1), Duration.ofDays(30)),
        "idleTimeout must be between 1 second and 30 days");
    require(
        absoluteLifetime.isEmpty() || absoluteLifetime.get().compareTo(Duration.ofSeconds(1)) >= 0,
        "absoluteLifetime must be 1 second or more; withoutAbsoluteLifetime() turns it off");
    require(
        isBetween(touchGranularity, Duration.ZERO, Duration.ofMinutes(10)),
        "touchGranularity must be between 0 and 10 minutes");
    require(
        maxDocumentBytes >= 1 << 10 && maxDocumentBytes <= 1 << 24,
        "maxDocumentBytes must be between 1 KiB and 16 MiB");
    require(
        maxUpdateTries >= 1 && maxUpdateTries <= 1_000,
        "maxUpdateTries must be between 1 and 1000");
    require(
        PREFIX.matcher(keyPrefix).matches() && PREFIX.matcher(indexPrefix).matches(),
        "keyPrefix and indexPrefix take 1 to 128 ASCII characters without blanks, quotes,"
            + " backslashes and * ? [ ]");
    require(
        !keyPrefix.startsWith(indexPrefix) && !indexPrefix.startsWith(keyPrefix),
        "neither of keyPrefix and indexPrefix may begin with the other");
  }

  /** The contract with the Python side. */
  public static SessionSettings defaults() {
    return DEFAULTS;
  }

  /** With this idle timeout. */
  public SessionSettings withIdleTimeout(Duration timeout) {
    return copy(timeout, absoluteLifetime, touchGranularity, maxDocumentBytes, maxUpdateTries);
  }

  /** With this absolute lifetime. */
  public SessionSettings withAbsoluteLifetime(Duration lifetime) {
    return copy(
        idleTimeout, Optional.of(lifetime), touchGranularity, maxDocumentBytes, maxUpdateTries);
  }

  /** With sessions that live as long as they are touched. */
  public SessionSettings withoutAbsoluteLifetime() {
    return copy(idleTimeout, Optional.empty(), touchGranularity, maxDocumentBytes, maxUpdateTries);
  }

  /** With TTLs that are written again at this age. */
  public SessionSettings withTouchGranularity(Duration age) {
    return copy(idleTimeout, absoluteLifetime, age, maxDocumentBytes, maxUpdateTries);
  }

  /** With documents of at most this size. */
  public SessionSettings withMaxDocumentBytes(int bytes) {
    return copy(idleTimeout, absoluteLifetime, touchGranularity, bytes, maxUpdateTries);
  }

  /** With this many tries of an update. */
  public SessionSettings withMaxUpdateTries(int tries) {
    return copy(idleTimeout, absoluteLifetime, touchGranularity, maxDocumentBytes, tries);
  }

  /** With other places for sessions and indexes; both at once, so that no two stores share one. */
  public SessionSettings withPrefixes(String forKeys, String forIndexes) {
    return new SessionSettings(
        idleTimeout,
        absoluteLifetime,
        touchGranularity,
        maxDocumentBytes,
        maxUpdateTries,
        forKeys,
        forIndexes);
  }

  private SessionSettings copy(
      Duration idle, Optional<Duration> absolute, Duration granularity, int bytes, int tries) {
    return new SessionSettings(idle, absolute, granularity, bytes, tries, keyPrefix, indexPrefix);
  }

  private static boolean isBetween(Duration value, Duration least, Duration most) {
    return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
