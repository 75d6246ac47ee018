// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
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
 * @param rotationGrace how long the old id of a rotated session may still be read, for requests
 *     that were under way; it is not prolonged and cannot be changed. Default 0, it is gone at
 *     once; at most 15 s.
 * @param sessionLimit how many sessions a user may have. Default: as many as he likes.
 * @param keptEvents about how many lifecycle events are kept for {@linkplain SessionStore#events
 *     handlers} that lag. Default 0: none are recorded; otherwise 1,000 to 10,000,000, of some 150
 *     bytes each.
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
    Duration rotationGrace,
    Optional<SessionLimit> sessionLimit,
    int keptEvents,
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
          Duration.ZERO,
          Optional.empty(),
          0,
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
        isBetween(rotationGrace, Duration.ZERO, Duration.ofSeconds(15)),
        "rotationGrace must be between 0 and 15 seconds");
    require(
        keptEvents == 0 || (keptEvents >= 1_000 && keptEvents <= 10_000_000),
        "keptEvents must be 0, or between 1000 and 10000000");
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
    return with(draft -> draft.idleTimeout = timeout);
  }

  /** With this absolute lifetime. */
  public SessionSettings withAbsoluteLifetime(Duration lifetime) {
    return with(draft -> draft.absoluteLifetime = Optional.of(lifetime));
  }

  /** With sessions that live as long as they are touched. */
  public SessionSettings withoutAbsoluteLifetime() {
    return with(draft -> draft.absoluteLifetime = Optional.empty());
  }

  /** With TTLs that are written again at this age. */
  public SessionSettings withTouchGranularity(Duration age) {
    return with(draft -> draft.touchGranularity = age);
  }

  /** With documents of at most this size. */
  public SessionSettings withMaxDocumentBytes(int bytes) {
    return with(draft -> draft.maxDocumentBytes = bytes);
  }

  /** With this many tries of an update. */
  public SessionSettings withMaxUpdateTries(int tries) {
    return with(draft -> draft.maxUpdateTries = tries);
  }

  /** With old ids that can be read for this long after a rotation. */
  public SessionSettings withRotationGrace(Duration grace) {
    return with(draft -> draft.rotationGrace = grace);
  }

  /** With at most this many sessions for each user. */
  public SessionSettings withSessionLimit(int most, SessionLimit.WhenFull whenFull) {
    return with(draft -> draft.sessionLimit = Optional.of(new SessionLimit(most, whenFull)));
  }

  /** With lifecycle events, of which about 100,000 are kept. */
  public SessionSettings withEvents() {
    return withKeptEvents(100_000);
  }

  /** With about this many lifecycle events kept; 0 for none. */
  public SessionSettings withKeptEvents(int events) {
    return with(draft -> draft.keptEvents = events);
  }

  /** With other places for sessions and indexes; both at once, so that no two stores share one. */
  public SessionSettings withPrefixes(String forKeys, String forIndexes) {
    return with(
        draft -> {
          draft.keyPrefix = forKeys;
          draft.indexPrefix = forIndexes;
        });
  }

  /** Whether lifecycle events are recorded. */
  public boolean recordsEvents() {
    return keptEvents > 0;
  }

  private SessionSettings with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return new SessionSettings(
        draft.idleTimeout,
        draft.absoluteLifetime,
        draft.touchGranularity,
        draft.maxDocumentBytes,
        draft.maxUpdateTries,
        draft.rotationGrace,
        draft.sessionLimit,
        draft.keptEvents,
        draft.keyPrefix,
        draft.indexPrefix);
  }

  /** The components, open to a change. */
  private static final class Draft {
    private Duration idleTimeout;
    private Optional<Duration> absoluteLifetime;
    private Duration touchGranularity;
    private int maxDocumentBytes;
    private int maxUpdateTries;
    private Duration rotationGrace;
    private Optional<SessionLimit> sessionLimit;
    private int keptEvents;
    private String keyPrefix;
    private String indexPrefix;

    private Draft(SessionSettings settings) {
      idleTimeout = settings.idleTimeout;
      absoluteLifetime = settings.absoluteLifetime;
      touchGranularity = settings.touchGranularity;
      maxDocumentBytes = settings.maxDocumentBytes;
      maxUpdateTries = settings.maxUpdateTries;
      rotationGrace = settings.rotationGrace;
      sessionLimit = settings.sessionLimit;
      keptEvents = settings.keptEvents;
      keyPrefix = settings.keyPrefix;
      indexPrefix = settings.indexPrefix;
    }
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
