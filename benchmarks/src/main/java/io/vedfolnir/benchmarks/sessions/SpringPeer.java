// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks.sessions;

import java.net.URI;
import java.time.Instant;
import java.util.UUID;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.data.redis.RedisIndexedSessionRepository;
import org.springframework.session.data.redis.RedisSessionRepository;

/** Spring Session Data Redis, with its own serialization, over Lettuce. */
final class SpringPeer<S extends Session> implements Peer {

  private final LettuceConnectionFactory connections;
  private final SessionRepository<S> sessions;
  private final Runnable end;

  private SpringPeer(
      LettuceConnectionFactory connections, SessionRepository<S> sessions, Runnable end) {
    this.connections = connections;
    this.sessions = sessions;
    this.end = end;
  }

  /** Without an index: nobody can end the sessions of a user. */
  static Peer plain(String uri) {
    LettuceConnectionFactory connections = connect(uri);
    return new SpringPeer<>(
        connections, new RedisSessionRepository(template(connections)), () -> {});
  }

  /** With the index by user and expiry events. */
  static Peer indexed(String uri) {
    LettuceConnectionFactory connections = connect(uri);
    RedisIndexedSessionRepository sessions =
        new RedisIndexedSessionRepository(template(connections));
    sessions.setApplicationEventPublisher(event -> {});
    sessions.setCleanupCron("-"); // not part of what a verb costs
    sessions.afterPropertiesSet();
    return new SpringPeer<>(connections, sessions, sessions::destroy);
  }

  private static LettuceConnectionFactory connect(String uri) {
    URI address = URI.create(uri);
    String[] login = address.getUserInfo().split(":", 2);
    RedisStandaloneConfiguration server =
        new RedisStandaloneConfiguration(address.getHost(), address.getPort());
    server.setUsername(login[0]);
    server.setPassword(login[1]);
    LettuceConnectionFactory connections = new LettuceConnectionFactory(server);
    connections.afterPropertiesSet();
    connections.start();
    return connections;
  }

  private static RedisTemplate<String, Object> template(LettuceConnectionFactory connections) {
    RedisTemplate<String, Object> template = new RedisTemplate<>();
    template.setConnectionFactory(connections);
    template.setKeySerializer(RedisSerializer.string());
    template.setHashKeySerializer(RedisSerializer.string());
    template.afterPropertiesSet();
    return template;
  }

  @Override
  public String create() {
    S session = sessions.createSession();
    Document.FIELDS.forEach(session::setAttribute);
    session.setAttribute(
        FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME,
        "admin" + UUID.randomUUID().hashCode() % 100_000);
    sessions.save(session);
    return session.getId();
  }

  @Override
  public void load(String id) {
    S session = sessions.findById(id);
    session.getAttributeNames().forEach(session::getRequiredAttribute);
    session.setLastAccessedTime(Instant.now());
    sessions.save(session);
  }

  @Override
  public void save(String id) {
    S session = sessions.findById(id);
    session.setAttribute("theme", "t" + UUID.randomUUID().hashCode() % 1_000);
    sessions.save(session);
  }

  @Override
  public void delete(String id) {
    sessions.deleteById(id);
  }

  @Override
  public void close() {
    end.run();
    connections.destroy();
  }
}
