// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.io.IOException;
import java.time.Duration;

/** Connections for these tests. */
final class Talk {
  private Talk() {}

  static RespClient to(RedisEndpoint endpoint, Role role) throws IOException {
    return to(endpoint, role, Duration.ofSeconds(5));
  }

  static RespClient to(RedisEndpoint endpoint, Role role, Duration patience) throws IOException {
    return RespClient.connect(
        endpoint.host(), endpoint.port(), endpoint.credentials(role), patience);
  }
}
