// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

class RedisExtensionTest {
  private static final List<Object> SEEN = Collections.synchronizedList(new ArrayList<>());

  private static EngineExecutionResults run(Class<?>... classes) {
    SEEN.clear();
    EngineTestKit.Builder engine = EngineTestKit.engine("junit-jupiter");
    for (Class<?> one : classes) {
      engine.selectors(selectClass(one));
    }
    return engine
        .configurationParameter("junit.jupiter.conditions.deactivate", "*DisabledCondition")
        .execute();
  }

  @Test
  void classesOfARunShareOneServerThatEndsWithIt() {
    run(First.class, Second.class).testEvents().assertStatistics(stats -> stats.succeeded(2));
    assertThat(SEEN).hasSize(2);
    assertThat(SEEN.get(0)).isSameAs(SEEN.get(1));
    assertThat(SEEN.get(0)).asString().contains("Redis");
    assertThat(isUp((RedisServer) SEEN.get(0))).isFalse();
  }

  @Test
  void ownServerIsSharedWithNestedClassesOnly() {
    run(First.class, Own.class).testEvents().assertStatistics(stats -> stats.succeeded(3));
    assertThat(SEEN.get(1)).isNotSameAs(SEEN.get(0));
    assertThat(SEEN.get(2)).isSameAs(SEEN.get(1));
  }

  @Test
  void prefixesDifferAndTheirKeysGo() {
    run(Prefixed.class).testEvents().assertStatistics(stats -> stats.succeeded(2));
    assertThat(SEEN).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void deadServerIsBackForTheNextTest() {
    run(Killer.class).testEvents().assertStatistics(stats -> stats.succeeded(3));
  }

  @Test
  void failureShowsLogConfigurationAndSlowLog() {
    EngineExecutionResults results = run(Failing.class);
    results.testEvents().assertStatistics(stats -> stats.failed(1));
    String report =
        results
            .testEvents()
            .reportingEntryPublished()
            .map(event -> event.getRequiredPayload(ReportEntry.class))
            .map(entry -> String.valueOf(entry.getKeyValuePairs().get("redis")))
            .findFirst()
            .orElse("");
    assertThat(report)
        .contains("Ready to accept connections")
        .contains("maxmemory-policy volatile-lru")
        .contains("slow log")
        .contains("user vedfolnir-test added");
  }

  private static boolean isUp(RedisServer server) {
    try (RespClient client = Talk.to(server.endpoint(), Role.TEST)) {
      return client.text("PING").equals("PONG");
    } catch (IOException e) {
      return false;
    }
  }

  @ExtendWith(RedisExtension.class)
  static class First {
    @Test
    void seesTheServer(RedisServer server) {
      SEEN.add(server);
    }
  }

  static class Second {
    @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

    @Test
    void seesTheServer(RedisServer server) {
      SEEN.add(server);
    }
  }

  static class Own {
    @RegisterExtension
    static final RedisExtension redis = RedisExtension.hardened().withOwnServer();

    @Test
    void seesTheServer(RedisServer server) {
      SEEN.add(server);
    }

    @Nested
    class Inner {
      @Test
      void seesTheServer(RedisServer server) {
        SEEN.add(server);
      }
    }
  }

  static class Prefixed {
    @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

    private static KeyPrefix ofTheClass = new KeyPrefix("none:");
    private KeyPrefix ofTheTest = new KeyPrefix("none:");

    @BeforeAll
    static void receive(KeyPrefix prefix) {
      ofTheClass = prefix;
    }

    @BeforeEach
    void receiveAgain(KeyPrefix prefix) {
      ofTheTest = prefix;
    }

    @Test
    void writesUnderItsPrefix(KeyPrefix prefix, RedisEndpoint endpoint) throws IOException {
      check(prefix, endpoint);
    }

    @Test
    void writesUnderAnotherPrefix(KeyPrefix prefix, RedisEndpoint endpoint) throws IOException {
      check(prefix, endpoint);
    }

    private void check(KeyPrefix prefix, RedisEndpoint endpoint) throws IOException {
      assertThat(prefix).isEqualTo(ofTheTest).isNotEqualTo(ofTheClass);
      try (RespClient client = Talk.to(endpoint, Role.TEST)) {
        for (Object earlier : SEEN) {
          assertThat(client.list("KEYS", earlier + "*")).isEmpty();
        }
        client.call("SET", prefix.key("a"), "1");
      }
      SEEN.add(prefix);
    }
  }

  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  static class Killer {
    @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

    @Test
    @Order(1)
    void kills(RedisServer server) {
      server.kill();
    }

    @Test
    @Order(2)
    void pauses(RedisServer server) {
      assertThat(isUp(server)).isTrue();
      server.pause();
    }

    @Test
    @Order(3)
    void works(RedisServer server) {
      assertThat(isUp(server)).isTrue();
    }
  }

  static class Failing {
    @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

    @Test
    void fails() {
      throw new AssertionError("on purpose");
    }
  }
}
