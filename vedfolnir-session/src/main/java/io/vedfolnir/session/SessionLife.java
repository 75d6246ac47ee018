// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * How a session begins, changes, is renewed and ends, wherever it is stored; for stores.
 *
 * <p>Immutable and thread-safe. All times are the store's clock.
 */
public final class SessionLife {

  private final SessionSettings settings;

  /** By these settings. */
  public SessionLife(SessionSettings settings) {
    this.settings = settings;
  }

  /** A new session with a new id and a new CSRF token. */
  public Session begin(Login login, Instant now) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put(Fields.USER_ID, Long.toString(login.userId()));
    fields.put(Fields.USERNAME, JsonText.quote(login.username()));
    login.role().ifPresent(role -> fields.put(Fields.ROLE, JsonText.quote(role)));
    login
        .platform()
        .ifPresent(
            platform -> {
              fields.put(Fields.PLATFORM_ID, Long.toString(platform.connectionId()));
              fields.put(Fields.PLATFORM_NAME, JsonText.quote(platform.name()));
            });
    fields.put(Fields.CSRF_TOKEN, JsonText.quote(SessionId.random()));
    fields.put(Fields.CREATED_AT, Timestamps.write(now));
    fields.put(Fields.LAST_ACTIVITY, Timestamps.write(now));
    fields.putAll(login.attributes());
    return Session.of(SessionId.random(), fields);
  }

  /**
   * What the change makes of a session; empty if that is equal to what it was.
   *
   * @throws IllegalArgumentException if the change touches what it may not: id, user, time of login
   */
  public Optional<Session> change(Session before, UnaryOperator<Session> change, Instant now) {
    Session after =
        Objects.requireNonNull(
            change.apply(before), "the change must return a session: the same one for no change");
    if (after.equals(before)) {
      return Optional.empty();
    }
    if (!after.id().equals(before.id())
        || differ(before, after, Fields.USER_ID)
        || differ(before, after, Fields.FLASK_USER_ID)
        || differ(before, after, Fields.CREATED_AT)) {
      throw new IllegalArgumentException(
          "an update keeps the id, the user and created_at; create a new session for another user");
    }
    return Optional.of(stamped(after, now));
  }

  /** The same content under a new id; the CSRF token, if there is one, is new as well. */
  public Session renew(Session session, Instant now) {
    String id = SessionId.random();
    return renewedAt(stamped(session.withId(id), now), now)
        .replace(Fields.SESSION_ID, JsonText.quote(id))
        .replace(Fields.CSRF_TOKEN, JsonText.quote(SessionId.random()));
  }

  /**
   * How long a session that is active now may live without another touch: the idle timeout, or what
   * is left of the absolute lifetime if that is less; empty if that is over. At least 1 ms.
   */
  public Optional<Duration> timeLeft(Session session, Instant now) {
    Duration idle = settings.idleTimeout();
    if (settings.absoluteLifetime().isEmpty() || session.createdAt().isEmpty()) {
      return Optional.of(idle);
    }
    Duration left =
        settings.absoluteLifetime().get().minus(Duration.between(session.createdAt().get(), now));
    if (left.toMillis() <= 0) {
      return Optional.empty();
    }
    return Optional.of(left.compareTo(idle) < 0 ? left : idle);
  }

  /** The same session, as one that begins to count at that moment. */
  public Session renewedAt(Session session, Instant moment) {
    return session.put(Fields.RENEWED_AT, Timestamps.write(moment));
  }

  /**
   * Whether "log out everywhere" at that moment has ended the session: it is neither from a later
   * login nor was it renewed later. One that does not say when it began is ended.
   */
  public boolean isEndedBy(Session session, Instant moment) {
    return Stream.of(session.createdAt(), session.renewedAt())
        .flatMap(Optional::stream)
        .noneMatch(begin -> begin.isAfter(moment));
  }

  private static Session stamped(Session session, Instant now) {
    String time = Timestamps.write(now);
    return session.put(Fields.LAST_ACTIVITY, time).replace(Fields.LAST_UPDATED, time);
  }

  private static boolean differ(Session one, Session other, String field) {
    return !Objects.equals(one.fields().get(field), other.fields().get(field));
  }
}
