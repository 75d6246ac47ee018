// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who has logged in: what a new session is made of.
 *
 * @param userId the user's number, 1 or more
 * @param username the user's name
 * @param role such as {@code admin}, {@code moderator}, {@code reviewer}, {@code viewer}. Default:
 *     none; the document then has no such field.
 * @param platform the platform connection the user works on. Default: none; the document then has
 *     no platform fields.
 * @param attributes further fields, name to JSON text; see {@link #with}. Default: none.
 */
public record Login(
    long userId,
    String username,
    Optional<String> role,
    Optional<Platform> platform,
    Map<String, String> attributes) {

  /**
   * A platform connection.
   *
   * @param connectionId its number
   * @param name its display name
   */
  public record Platform(long connectionId, String name) {}

  /** Checks the user's number and the names of the attributes. */
  public Login {
    if (userId < 1) {
      throw new IllegalArgumentException("userId must be 1 or more");
    }
    if (username.isEmpty()) {
      throw new IllegalArgumentException("username must not be empty");
    }
    attributes.keySet().forEach(Fields::requireFree);
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /** A user without role and platform. */
  public static Login of(long userId, String username) {
    return new Login(userId, username, Optional.empty(), Optional.empty(), Map.of());
  }

  /** With this role. */
  public Login withRole(String newRole) {
    return new Login(userId, username, Optional.of(newRole), platform, attributes);
  }

  /** With this platform connection. */
  public Login withPlatform(long connectionId, String name) {
    Platform chosen = new Platform(connectionId, name);
    return new Login(userId, username, role, Optional.of(chosen), attributes);
  }

  /**
   * With a further field.
   *
   * @throws IllegalArgumentException if the field is one that this class or the store sets
   */
  public <T> Login with(AttributeKey<T> key, T value) {
    Map<String, String> more = new LinkedHashMap<>(attributes);
    more.put(key.name(), key.encode(value));
    return new Login(userId, username, role, platform, more);
  }

  /** Shows nothing about the user. */
  @Override
  public String toString() {
    return "Login[…]";
  }
}
