// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import java.util.Map;

/** The oldest server we work with. */
final class RedisVersion {

  static final int OLDEST_MAJOR = 7;

  private RedisVersion() {}

  /**
   * Refuses a server that is too old.
   *
   * @param info reply to {@code INFO server}
   */
  static void require(String info) {
    Map<String, String> server = Info.parse(info);
    String version = server.getOrDefault("redis_version", "");
    if (!isSupported(version)) {
      throw new RedisAccessException.Unsupported(
          "Redis 7.0 or newer is needed, this server says "
              + (version.isEmpty() ? "nothing about its version" : version)
              + "; upgrade it, or connect to another");
    }
  }

  static boolean isSupported(String version) {
    int dot = version.indexOf('.');
    try {
      return dot > 0 && Integer.parseInt(version.substring(0, dot)) >= OLDEST_MAJOR;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
