// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.quickstart;

import io.vedfolnir.testkit.RedisLauncher;
import io.vedfolnir.testkit.RedisServer;
import io.vedfolnir.testkit.RedisStartException;

/**
 * Shows in a few seconds what this library does, on the Redis that it configures: {@code mvn -q
 * -Pquickstart}.
 */
public final class QuickStart {

  private QuickStart() {}

  /** Runs the tour and leaves nothing behind. */
  public static void main(String[] words) throws Exception {
    Screen screen = Screen.standard();
    screen.title("Vedfolnir: sessions and jobs shared by Java and Python over Redis");
    try (RedisServer server = RedisLauncher.hardened().start()) {
      screen.line(
          "Redis",
          server.version()
              + " with config/redis/redis.conf, "
              + server.mode().name().toLowerCase(java.util.Locale.ROOT)
              + ", at "
              + server.endpoint());
      new SessionTour(screen, server.endpoint()).run();
      new JobTour(screen, server.endpoint()).run();
    } catch (RedisStartException e) {
      throw new IllegalStateException("no Redis could be started here. " + e.getMessage(), e);
    }
    screen.title("Done. Redis is stopped and its files are removed.");
  }
}
