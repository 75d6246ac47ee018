// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * Web sessions by id, without waiting; the guarantees are those of {@link SessionStore}.
 *
 * <p>Thread-safe. A malformed id is an {@link IllegalArgumentException} at once; everything else
 * that fails, fails the stage. Stages complete on a network thread: do not block there.
 */
public interface AsyncSessionStore {

  /** See {@link SessionStore#create}. */
  CompletionStage<Session> create(Login login);

  /** See {@link SessionStore#find}. */
  CompletionStage<Optional<Session>> find(String id);

  /** See {@link SessionStore#touch}. */
  CompletionStage<Optional<Session>> touch(String id);

  /** See {@link SessionStore#update}. */
  CompletionStage<Optional<Session>> update(String id, UnaryOperator<Session> change);

  /** See {@link SessionStore#rotate}. */
  CompletionStage<Optional<Session>> rotate(String id);

  /** See {@link SessionStore#switchPlatform}. */
  default CompletionStage<Optional<Session>> switchPlatform(
      String id, long connectionId, String name) {
    return update(id, session -> session.withPlatform(connectionId, name));
  }

  /** See {@link SessionStore#delete}. */
  CompletionStage<Boolean> delete(String id);

  /** See {@link SessionStore#findByUser}. */
  CompletionStage<List<Session>> findByUser(long userId);

  /** See {@link SessionStore#deleteByUser}. */
  CompletionStage<Integer> deleteByUser(long userId);

  /** See {@link SessionStore#deleteByUserExcept}. */
  CompletionStage<Integer> deleteByUserExcept(long userId, String keptId);
}
