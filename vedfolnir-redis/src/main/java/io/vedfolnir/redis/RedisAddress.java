// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where Redis is: the parts of a connection URI, without any secret.
 *
 * @param scheme how to reach it
 * @param username the ACL user, if one is named
 * @param nodes the server, or the Sentinels
 * @param database the database number, 0 to 15 on a default server
 * @param masterName the name of the master that the Sentinels watch
 */
record RedisAddress(
    Scheme scheme,
    Optional<String> username,
    List<Node> nodes,
    int database,
    Optional<String> masterName) {

  enum Scheme {
    REDIS("redis", 6379),
    REDISS("rediss", 6379),
    SENTINEL("redis-sentinel", 26379),
    SENTINEL_TLS("rediss-sentinel", 26379);

    final String text;
    final int defaultPort;

    Scheme(String text, int defaultPort) {
      this.text = text;
      this.defaultPort = defaultPort;
    }

    boolean isSentinel() {
      return this == SENTINEL || this == SENTINEL_TLS;
    }

    boolean isTls() {
      return this == REDISS || this == SENTINEL_TLS;
    }
  }

  record Node(String host, int port) {
    @Override
    public String toString() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /** An address and the password that stood in its URI. */
  record Parsed(RedisAddress address, Optional<String> password) {}

  /**
   * Reads {@code scheme://[user[:password]@]host[:port][,host[:port]…][/database][#master]}.
   *
   * <p>Written by hand because {@link java.net.URI} takes no list of hosts, and because Lettuce
   * reads {@code redis://name@host} as a password.
   */
  static Parsed parse(String uri) {
    int schemeEnd = uri.indexOf("://");
    if (schemeEnd < 0) {
      throw malformed("it has no scheme");
    }
    Scheme scheme = scheme(uri.substring(0, schemeEnd));
    String rest = uri.substring(schemeEnd + 3);

    Optional<String> master = Optional.empty();
    int hash = rest.indexOf('#');
    if (hash >= 0) {
      master = Optional.of(decode(rest.substring(hash + 1))).filter(name -> !name.isEmpty());
      rest = rest.substring(0, hash);
    }
    if (scheme.isSentinel() && master.isEmpty()) {
      throw malformed("a Sentinel URI ends with '#' and the name of the master");
    }
    if (!scheme.isSentinel() && hash >= 0) {
      throw malformed("only a Sentinel URI has a part after '#'");
    }
    if (rest.indexOf('?') >= 0) {
      throw malformed("parameters after '?' are not supported; use the with… methods");
    }

    int slash = rest.indexOf('/');
    int database = slash < 0 ? 0 : database(rest.substring(slash + 1));
    String authority = slash < 0 ? rest : rest.substring(0, slash);

    Optional<String> username = Optional.empty();
    Optional<String> password = Optional.empty();
    int at = authority.lastIndexOf('@');
    if (at >= 0) {
      String userInfo = authority.substring(0, at);
      int colon = userInfo.indexOf(':');
      username =
          Optional.of(decode(colon < 0 ? userInfo : userInfo.substring(0, colon)))
              .filter(name -> !name.isEmpty());
      password =
          colon < 0
              ? Optional.empty()
              : Optional.of(decode(userInfo.substring(colon + 1))).filter(text -> !text.isEmpty());
      authority = authority.substring(at + 1);
    }
    List<Node> nodes = nodes(authority, scheme);
    return new Parsed(new RedisAddress(scheme, username, nodes, database, master), password);
  }

  private static Scheme scheme(String text) {
    for (Scheme scheme : Scheme.values()) {
      if (scheme.text.equals(text.toLowerCase(Locale.ROOT))) {
        return scheme;
      }
    }
    throw malformed("its scheme is none of redis, rediss, redis-sentinel, rediss-sentinel");
  }

  private static List<Node> nodes(String authority, Scheme scheme) {
    List<Node> nodes = new ArrayList<>();
    for (String part : authority.split(",", -1)) {
      nodes.add(node(part.strip(), scheme.defaultPort));
    }
    if (nodes.size() > 1 && !scheme.isSentinel()) {
      throw malformed("only a Sentinel URI names several hosts");
    }
    return List.copyOf(nodes);
  }

  private static Node node(String text, int defaultPort) {
    int portColon = text.lastIndexOf(':');
    if (text.endsWith("]")) {
      portColon = -1; // an IPv6 address without a port
    }
    String host = portColon < 0 ? text : text.substring(0, portColon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty()) {
      throw malformed("it names no host");
    }
    int port = portColon < 0 ? defaultPort : number(text.substring(portColon + 1), "port");
    if (port < 1 || port > 65_535) {
      throw malformed("its port is not between 1 and 65535");
    }
    return new Node(host, port);
  }

  private static int database(String text) {
    return text.isEmpty() ? 0 : number(text, "database");
  }

  private static int number(String text, String what) {
    if (!text.matches("[0-9]{1,9}")) {
      throw malformed("its " + what + " is not a number");
    }
    return Integer.parseInt(text);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw malformed("a '%' in it is not followed by two hexadecimal digits");
    }
  }

  // The URI itself stays out of the message: it may hold a password.
  private static IllegalArgumentException malformed(String why) {
    return new IllegalArgumentException(
        "not a Redis URI: " + why + "; write redis://user@host:6379/0");
  }

  /** The URI without secret, as it may be logged. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(scheme.text).append("://");
    username.ifPresent(name -> text.append(name).append('@'));
    for (int i = 0; i < nodes.size(); i++) {
      text.append(i == 0 ? "" : ",").append(nodes.get(i));
    }
    text.append('/').append(database);
    masterName.ifPresent(name -> text.append('#').append(name));
    return text.toString();
  }
}
