// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.cli;

import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisSecret;
import io.vedfolnir.redis.RedisSettings;
import java.util.HashMap;
import java.util.Map;

/** The way from a URI on the command line, and the password in the environment, to Redis. */
final class Connection {

  private Connection() {}

  static RedisAccess open(String uri) {
    RedisSettings named = RedisSettings.of(uri);
    if (named.secret() != RedisSecret.none()) {
      return RedisAccess.open(named);
    }
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("VEDFOLNIR_REDIS_URL", uri);
    return RedisAccess.open(RedisSettings.fromEnvironment(environment));
  }
}
