// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisExtensionTest {
  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

  @Test
  void serverAnswers(RedisServer server, KeyPrefix prefix) throws Exception {
    try (RespClient client =
        RespClient.connect(
            server.endpoint().host(),
            server.endpoint().port(),
            server.endpoint().credentials(Role.TEST),
            Duration.ofSeconds(1))) {
      assertThat(client.text("SET", prefix.key("a"), "1")).isEqualTo("OK");
    }
  }
}
