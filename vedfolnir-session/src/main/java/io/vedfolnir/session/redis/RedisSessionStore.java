// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.session.AsyncSessionStore;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.session.SessionStore;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The session store in Redis; thread-safe. Must not be called on a network thread. */
public final class RedisSessionStore implements SessionStore {

  private final RedisAsyncSessionStore async;

  private RedisSessionStore(RedisAsyncSessionStore async) {
    this.async = async;
  }

  /**
   * Opens a store. Nothing is sent to Redis by it.
   *
   * @param redis the connection, which stays open when the store is closed. Its user needs the
   *     rights of {@code vedfolnir-session} in the hardened configuration
   */
  public static RedisSessionStore open(RedisAccess redis, SessionSettings settings) {
    return new RedisSessionStore(new RedisAsyncSessionStore(redis, settings));
  }

  @Override
  public Session create(Login login) {
    return RedisAccess.await(async.create(login));
  }

  @Override
  public Optional<Session> find(String id) {
    return RedisAccess.await(async.find(id));
  }

  @Override
  public Optional<Session> touch(String id) {
    return RedisAccess.await(async.touch(id));
  }

  @Override
  public Optional<Session> update(String id, UnaryOperator<Session> change) {
    return RedisAccess.await(async.update(id, change));
  }

  @Override
  public Optional<Session> rotate(String id) {
    return RedisAccess.await(async.rotate(id));
  }

  @Override
  public Optional<Session> switchPlatform(String id, long connectionId, String name) {
    return RedisAccess.await(async.switchPlatform(id, connectionId, name));
  }

  @Override
  public List<Session> findByUser(long userId) {
    return RedisAccess.await(async.findByUser(userId));
  }

  @Override
  public int deleteByUser(long userId) {
    return RedisAccess.await(async.deleteByUser(userId));
  }

  @Override
  public int deleteByUserExcept(long userId, String keptId) {
    return RedisAccess.await(async.deleteByUserExcept(userId, keptId));
  }

  @Override
  public boolean delete(String id) {
    return RedisAccess.await(async.delete(id));
  }

  @Override
  public AsyncSessionStore async() {
    return async;
  }

  @Override
  public void close() {
    async.drain(); // connections and threads are those of RedisAccess, which stays open
  }
}
