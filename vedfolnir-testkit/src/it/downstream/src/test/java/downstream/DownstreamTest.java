// SPDX-License-Identifier: Apache-2.0
package downstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.vedfolnir.testkit.ArmedFault;
import io.vedfolnir.testkit.FaultProxy;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.RedisMode;
import io.vedfolnir.testkit.RedisServer;
import io.vedfolnir.testkit.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DownstreamTest {
  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

  private final RedisClient client = RedisClient.create();

  @AfterEach
  void closeClient() {
    client.shutdown();
  }

  private StatefulRedisConnection<String, String> connect(RedisEndpoint endpoint, Role role) {
    return client.connect(io.lettuce.core.RedisURI.create(endpoint.uri(role)));
  }

  @Test
  void runsOnTheJUnitOfThisProject() throws Exception {
    String jar = Test.class.getProtectionDomain().getCodeSource().getLocation().toString();
    assertTrue(jar.contains(System.getProperty("expected.junit.version")), jar);
    assertThrows(
        ClassNotFoundException.class,
        () -> Class.forName("org.testcontainers.containers.GenericContainer"));
  }

  @Test
  void talksToTheConfiguredRedisAsInProduction(RedisEndpoint endpoint) {
    try (StatefulRedisConnection<String, String> session = connect(endpoint, Role.SESSION)) {
      session.sync().setex("vedfolnir:session:abcdefghijklmnop", 7200, "{}");
      assertEquals("{}", session.sync().get("vedfolnir:session:abcdefghijklmnop"));
      assertThrows(
          RedisCommandExecutionException.class, () -> session.sync().get("rq:job:foreign"));
      assertThrows(RedisCommandExecutionException.class, () -> session.sync().flushall());
    }
  }

  @Test
  void keepsDataOverAKill(RedisServer server, KeyPrefix prefix) {
    try (StatefulRedisConnection<String, String> test = connect(server.endpoint(), Role.TEST)) {
      test.sync().set(prefix.key("a"), "kept");
    }
    if (server.mode() != RedisMode.EXTERNAL) {
      server.killAndRestart();
    }
    try (StatefulRedisConnection<String, String> test = connect(server.endpoint(), Role.TEST)) {
      assertEquals("kept", test.sync().get(prefix.key("a")));
    }
  }

  @Test
  void losesARequestOnTheWay(FaultProxy proxy, RedisEndpoint direct, KeyPrefix prefix) {
    ArmedFault fault = proxy.on("RPUSH").cutBeforeRequest();
    client.setOptions(io.lettuce.core.ClientOptions.builder().autoReconnect(false).build());
    try (StatefulRedisConnection<String, String> cut = connect(proxy.endpoint(), Role.TEST);
        StatefulRedisConnection<String, String> test = connect(direct, Role.TEST)) {
      assertFalse(fault.fired());
      assertThrows(RedisException.class, () -> cut.sync().rpush(prefix.key("q"), "1"));
      assertTrue(fault.fired());
      assertEquals(0, test.sync().llen(prefix.key("q")));
    }
  }
}
