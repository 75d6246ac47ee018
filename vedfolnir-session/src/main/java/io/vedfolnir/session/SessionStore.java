// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Web sessions by id.
 *
 * <p>Thread-safe; open one for a process. Every method waits for its reply, no longer than the
 * command timeout for each round trip, and fails with a {@link
 * io.vedfolnir.redis.RedisAccessException} when Redis does not do its part. What it says about
 * repeating: after {@code Unreachable} and {@code TemporarilyRefused} nothing has happened; {@code
 * OutcomeUnknown} is explained at each method.
 *
 * <p>An id is checked before anything is sent: {@link IllegalArgumentException} if it is malformed.
 * Ask {@link SessionId#isValid} about what a client sent; an id that is well-formed but unknown is
 * just absent.
 */
public interface SessionStore extends AutoCloseable {

  /**
   * Starts a session: after the user has proved who he is, never before. One round trip.
   *
   * <p>After {@code OutcomeUnknown} call it again: nobody knows the id of the session that may have
   * been stored, so it expires unused.
   *
   * @throws IllegalArgumentException if an attribute is not valid JSON, or the document is too
   *     large
   */
  Session create(Login login);

  /**
   * The session, without prolonging it. One round trip.
   *
   * @return empty if there is none, it has expired, or its absolute lifetime is over
   * @throws SessionException.Unreadable if something else lies there
   */
  Optional<Session> find(String id);

  /**
   * The session, prolonged: it now lives for the idle timeout, or for what is left of its absolute
   * lifetime. One round trip.
   *
   * <p>The TTL is written once in a {@linkplain SessionSettings#touchGranularity() while}, behind
   * the reply, so that readers hardly ever make a writer try again. When that write fails, it is
   * logged, and the next touch makes it.
   *
   * @return empty as {@link #find}
   * @throws SessionException.Unreadable as {@link #find}
   */
  Optional<Session> touch(String id);

  /**
   * Changes a session: no change of another writer is lost, and a session that was deleted
   * meanwhile stays deleted. Two round trips if nobody interferes; the session is prolonged as by
   * {@link #touch}, and {@code last_activity} becomes now.
   *
   * <p>If another writer comes first, the change runs again on what that one has left. If it
   * returns an equal session, nothing is written.
   *
   * <p>After {@code OutcomeUnknown} the change may have been stored: read the session, or repeat
   * the update if making the change twice is the same as once.
   *
   * @param change makes the new session of the present one. It must not wait and may run several
   *     times; it runs on a thread of the connection's own. What it throws ends the update
   * @return what is stored now; empty if there is no such session
   * @throws SessionException.Conflict if other writers won every try
   * @throws SessionException.Unreadable as {@link #find}
   * @throws IllegalArgumentException if the change touches id, user or time of login, or makes the
   *     document invalid or too large
   */
  Optional<Session> update(String id, UnaryOperator<Session> change);

  /**
   * Moves a session to a new id; the old one is gone at once. Call it whenever a user gains rights
   * (OWASP ASVS 5.0, 7.2.4). Two round trips.
   *
   * <p>Content and time of login stay, so the absolute lifetime goes on; the CSRF token is renewed,
   * and a {@code session_id} in the document follows.
   *
   * <p>After {@code OutcomeUnknown} look for the old id: if it is there, rotate again; if it is
   * gone, its user must log in anew, since nobody knows the new id.
   *
   * @return the session under its new id; empty if there is none
   * @throws SessionException.Conflict if other writers won every try
   * @throws SessionException.Unreadable as {@link #find}
   */
  Optional<Session> rotate(String id);

  /**
   * Moves a session to another platform connection: its platform fields change all at once, nothing
   * else does. Costs and fails as {@link #update}.
   *
   * @param connectionId number of the platform connection
   * @param name its display name
   */
  Optional<Session> switchPlatform(String id, long connectionId, String name);

  /**
   * Ends a session: nothing of the document is left when this returns, even if it was unreadable.
   * One round trip.
   *
   * <p>After {@code OutcomeUnknown} call it again; it then may return false for a session that it
   * has deleted.
   *
   * @return whether there was one
   */
  boolean delete(String id);

  /**
   * The live sessions of a user, the next to expire first. Two round trips, however many there are.
   *
   * <p>Those that Python has written are among them once this or another JVM has seen them. One
   * that cannot be read is left out.
   */
  List<Session> findByUser(long userId);

  /**
   * Ends all sessions of a user, also those that only Python has written and no index knows (OWASP
   * ASVS 5.0, 7.4.2): no read of ours shows a session that began before. A login that comes later
   * counts. Two round trips if nobody interferes.
   *
   * <p>After {@code OutcomeUnknown} call it again.
   *
   * @return how many sessions of the index were removed; those that it did not know are not counted
   * @throws SessionException.Conflict if logins of the user won every try
   */
  int deleteByUser(long userId);

  /**
   * Ends all sessions of a user but one, as {@link #deleteByUser} does: log out everywhere else
   * (OWASP ASVS 5.0, 7.4.3). If the one to keep does not exist, none is kept.
   *
   * @param keptId the session that goes on
   * @return how many sessions of the index were removed
   * @throws SessionException.Unreadable if the session to keep cannot be read; nothing was removed
   * @throws IllegalArgumentException if the session to keep is another user's
   */
  int deleteByUserExcept(long userId, String keptId);

  /** The same store without waiting. */
  AsyncSessionStore async();

  /**
   * Waits for what is still written behind a reply, no longer than the command timeout. The
   * connection that the store was opened on stays open.
   */
  @Override
  void close();
}
