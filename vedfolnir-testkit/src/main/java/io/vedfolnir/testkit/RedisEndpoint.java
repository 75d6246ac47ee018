// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where a test's Redis listens and how each role enters it. Immutable; {@code toString} hides the
 * passwords and the renamed commands.
 *
 * @param host the name or address to connect to
 * @param port the TCP port
 * @param credentials name and password of every {@link Role}
 * @param configCommand the name under which this server knows {@code CONFIG}
 * @param shutdownCommand the name under which this server knows {@code SHUTDOWN}
 */
public record RedisEndpoint(
    String host,
    int port,
    Map<Role, Credentials> credentials,
    String configCommand,
    String shutdownCommand) {

  /** Checks the port and that every role has credentials. */
  public RedisEndpoint {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port must be between 1 and 65535 but is " + port);
    }
    credentials = Map.copyOf(credentials);
    for (Role role : Role.values()) {
      if (!credentials.containsKey(role)) {
        throw new IllegalArgumentException("no credentials for role " + role);
      }
    }
  }

  /**
   * The endpoint that a Redis URI names; every role enters with the URI's user.
   *
   * @param uri such as {@code redis://user:password@host:6379}; a database other than 0 and TLS are
   *     not supported
   */
  public static RedisEndpoint of(String uri) {
    URI parsed = parse(uri);
    String[] user = parsed.getRawUserInfo() == null ? new String[0] : split(parsed);
    String name = user.length == 0 ? "" : URLDecoder.decode(user[0], UTF_8);
    String password = user.length < 2 ? "" : URLDecoder.decode(user[1], UTF_8);
    Credentials one = new Credentials(name, password);
    Map<Role, Credentials> all = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      all.put(role, one);
    }
    int port = parsed.getPort() < 0 ? 6379 : parsed.getPort();
    return new RedisEndpoint(parsed.getHost(), port, all, "CONFIG", "SHUTDOWN");
  }

  private static URI parse(String uri) {
    URI parsed;
    try {
      parsed = URI.create(uri);
    } catch (IllegalArgumentException e) {
      // The cause would repeat the URI, and with it the password.
      throw new IllegalArgumentException("the Redis URI cannot be read; write redis://host:port");
    }
    String path = parsed.getPath() == null ? "" : parsed.getPath();
    if (!"redis".equals(parsed.getScheme())
        || parsed.getHost() == null
        || !(path.isEmpty() || path.equals("/") || path.equals("/0"))) {
      throw new IllegalArgumentException(
          "the Redis URI must look like redis://user:password@host:port/0");
    }
    return parsed;
  }

  private static String[] split(URI uri) {
    return uri.getRawUserInfo().split(":", 2);
  }

  /** The URI with which a role enters: {@code redis://user:password@host:port/0}. */
  public String uri(Role role) {
    Credentials who = credentials(role);
    String user = URLEncoder.encode(who.user(), UTF_8);
    String password = URLEncoder.encode(who.password(), UTF_8);
    String userInfo = who.password().isEmpty() ? "" : user + ":" + password + "@";
    return "redis://" + userInfo + host + ":" + port + "/0";
  }

  /** Name and password of a role. */
  public Credentials credentials(Role role) {
    Credentials who = credentials.get(role);
    if (who == null) {
      throw new IllegalArgumentException("no credentials for role " + role);
    }
    return who;
  }

  /** The same server behind another address, such as a proxy's. */
  public RedisEndpoint withAddress(String newHost, int newPort) {
    return new RedisEndpoint(newHost, newPort, credentials, configCommand, shutdownCommand);
  }

  @Override
  public String toString() {
    return "redis://" + host + ":" + port;
  }
}
