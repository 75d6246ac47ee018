// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The moments before which a user's sessions count no more: what "log out everywhere" leaves for
 * those that no index knew, because only Python had written them.
 *
 * <p>The marks are a stream, so that a reader asks for what has come since it last asked, in the
 * same round trip as the document: nothing, nearly always. Each process keeps them all; the sweeper
 * removes those that are older than any session can be. Thread-safe.
 */
final class NotBefore {

  private static final String USER = "user";

  private final String key;
  private final Map<Long, Long> millisByUser = new ConcurrentHashMap<>();
  private volatile StreamId last = new StreamId(0, 0);

  NotBefore(SessionKeys keys) {
    this.key = keys.notBefore();
  }

  /** Asks for the marks that are new. */
  CompletionStage<List<StreamMessage<String, byte[]>>> ask(
      RedisAsyncCommands<String, byte[]> commands) {
    return commands.xrange(
        key, Range.from(Boundary.excluding(last.toString()), Boundary.unbounded()));
  }

  /** Takes an answer; in whatever order several of them come. */
  synchronized void learn(List<StreamMessage<String, byte[]>> marks) {
    for (StreamMessage<String, byte[]> mark : marks) {
      StreamId id = StreamId.of(mark.getId());
      byte[] user = mark.getBody().get(USER);
      if (user != null) {
        millisByUser.merge(Long.valueOf(new String(user, US_ASCII)), id.millis(), Math::max);
      }
      last = last.later(id);
    }
  }

  /** Sets a mark: now, by the clock of Redis. */
  void mark(RedisAsyncCommands<String, byte[]> commands, long user) {
    commands.xadd(key, Map.of(USER, Long.toString(user).getBytes(US_ASCII)));
  }

  /** The moment up to which sessions of the user count no more. */
  Optional<Instant> of(long user) {
    return Optional.ofNullable(millisByUser.get(user)).map(Instant::ofEpochMilli);
  }

  /** Now, or the first moment that counts again if that is later. */
  Instant after(long user, Instant now) {
    return of(user).map(mark -> mark.plusMillis(1)).filter(first -> first.isAfter(now)).orElse(now);
  }

  /** Forgets marks that are older than any session can be. */
  void forgetBefore(Instant moment) {
    millisByUser.values().removeIf(millis -> millis < moment.toEpochMilli());
  }

  /** How long a mark must stay: some time longer than the oldest session it may concern. */
  static Duration retention(Optional<Duration> absoluteLifetime) {
    return absoluteLifetime.map(lifetime -> lifetime.plusHours(1)).orElse(Duration.ofDays(30));
  }

  private record StreamId(long millis, long sequence) {

    static StreamId of(String text) {
      int dash = text.indexOf('-');
      return new StreamId(
          Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
    }

    StreamId later(StreamId other) {
      boolean mine = millis != other.millis ? millis > other.millis : sequence > other.sequence;
      return mine ? this : other;
    }

    @Override
    public String toString() {
      return millis + "-" + sequence;
    }
  }
}
