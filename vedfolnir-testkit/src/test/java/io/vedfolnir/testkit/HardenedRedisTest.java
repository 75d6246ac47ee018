// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code config/redis} promises, asked of the running server. */
class HardenedRedisTest {
  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened().withOwnServer();

  @Test
  void hasTheValuesOfTheContract(RedisServer server) throws IOException {
    assertThat(server.effectiveConfiguration())
        .containsAllEntriesOf(
            Map.ofEntries(
                Map.entry("maxmemory", "1073741824"),
                Map.entry("maxmemory-policy", "volatile-lru"),
                Map.entry("maxmemory-samples", "10"),
                Map.entry("save", "900 1 300 10 60 10000 30 100000"),
                Map.entry("appendonly", "yes"),
                Map.entry("appendfsync", "everysec"),
                Map.entry("auto-aof-rewrite-percentage", "100"),
                Map.entry("auto-aof-rewrite-min-size", "67108864"),
                Map.entry("timeout", "300"),
                Map.entry("tcp-keepalive", "60"),
                Map.entry("protected-mode", "yes"),
                Map.entry("hash-max-listpack-entries", "1024"),
                Map.entry("hash-max-listpack-value", "256"),
                Map.entry("list-max-listpack-size", "-1"),
                Map.entry("set-max-intset-entries", "1024"),
                Map.entry("slowlog-log-slower-than", "10000"),
                Map.entry("slowlog-max-len", "128"),
                Map.entry("latency-monitor-threshold", "1"),
                Map.entry("acl-pubsub-default", "resetchannels"),
                Map.entry("enable-debug-command", "no"),
                Map.entry("enable-module-command", "no"),
                Map.entry("enable-protected-configs", "no")));
    assertThat(server.effectiveConfiguration().get("notify-keyspace-events")).contains("E", "x");
    assertThat(RedisConf.hardened().text()).contains("\nmaxclients 10000\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"EVAL 'return 1' 0", "FLUSHALL", "FLUSHDB", "DEBUG SLEEP 0", "CONFIG GET save"})
  void knowsNoDangerousCommand(String command, RedisEndpoint endpoint) throws IOException {
    try (RespClient client = Talk.to(endpoint, Role.TEST)) {
      assertThatThrownBy(() -> client.call(command.split(" ", -1)))
          .hasMessageContaining("unknown command");
    }
  }

  @Test
  void endsUnderTheRenamedShutdownOnly(RedisEndpoint endpoint) throws IOException {
    try (RespClient client = Talk.to(endpoint, Role.TEST)) {
      assertThatThrownBy(() -> client.call("SHUTDOWN")).hasMessageContaining("unknown command");
      // There is nothing to abort: the name is known.
      assertThatThrownBy(() -> client.call(endpoint.shutdownCommand(), "ABORT"))
          .hasMessageContaining("No shutdown in progress");
    }
  }

  @Test
  void letsNobodyInWithoutAName(RedisEndpoint endpoint) throws IOException {
    try (RespClient client =
        RespClient.connect(
            endpoint.host(), endpoint.port(), new Credentials("", ""), Duration.ofSeconds(5))) {
      assertThatThrownBy(() -> client.call("PING")).hasMessageContaining("NOAUTH");
      assertThatThrownBy(() -> client.call("AUTH", "anything")).hasMessageContaining("WRONGPASS");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Role.class,
      names = {"SESSION", "QUEUE", "OPS", "TEST"})
  void knowsEveryRole(Role role, RedisEndpoint endpoint) throws IOException {
    try (RespClient client = Talk.to(endpoint, role)) {
      assertThat(client.text("ACL", "WHOAMI")).isEqualTo(role.user());
    }
  }

  @Test
  void keepsEachRoleToItsKeys(RedisEndpoint endpoint) throws IOException {
    String session = "vedfolnir:session:" + Secrets.hex(8);
    String job = "rq:job:" + Secrets.hex(8);
    try (RespClient sessions = Talk.to(endpoint, Role.SESSION);
        RespClient jobs = Talk.to(endpoint, Role.QUEUE);
        RespClient python = Talk.to(endpoint, Role.PYTHON_RQ)) {
      assertThat(sessions.text("SET", session, "{}", "EX", "7200")).isEqualTo("OK");
      assertThat(jobs.call("HSET", job, "status", "queued")).isEqualTo(1L);
      assertThat(python.text("HGET", job, "status")).isEqualTo("queued");
      assertThatThrownBy(() -> sessions.call("HGET", job, "status")).hasMessageContaining("NOPERM");
      assertThatThrownBy(() -> jobs.call("GET", session)).hasMessageContaining("NOPERM");
      assertThatThrownBy(() -> python.call("GET", session)).hasMessageContaining("NOPERM");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Role.class,
      names = {"SESSION", "QUEUE"})
  void javaNeitherRunsScriptsNorSeesForeignNames(Role role, RedisEndpoint endpoint)
      throws IOException {
    List<String> forbidden =
        List.of(
            "EVALSHA 0000000000000000000000000000000000000000 0",
            "EVAL_RO return 0",
            "SCRIPT LOAD return",
            "FCALL f 0",
            "SCAN 0",
            "KEYS *",
            "MONITOR",
            "CLIENT LIST",
            "ACL LIST",
            endpoint.configCommand() + " GET save",
            endpoint.shutdownCommand());
    try (RespClient client = Talk.to(endpoint, role)) {
      for (String command : forbidden) {
        assertThatThrownBy(() -> client.call(command.split(" ", -1)))
            .as(command)
            .hasMessageContaining("NOPERM");
      }
    }
  }

  @Test
  void pythonLoadsScriptsThatKeepToItsRights(RedisEndpoint endpoint) throws IOException {
    try (RespClient python = Talk.to(endpoint, Role.PYTHON_RQ)) {
      String reader = python.text("SCRIPT", "LOAD", "return redis.call('GET', KEYS[1])");
      assertThatThrownBy(() -> python.call("EVALSHA", reader, "1", "vedfolnir:session:x"))
          .isInstanceOf(RespClient.ErrorReply.class);
    }
  }

  @Test
  void opsSeesNamesAndNoContents(RedisEndpoint endpoint) throws IOException {
    try (RespClient ops = Talk.to(endpoint, Role.OPS)) {
      assertThat(ops.list("SCAN", "0")).hasSize(2);
      assertThat(ops.list(endpoint.configCommand(), "GET", "maxmemory-policy"))
          .isEqualTo(List.of("maxmemory-policy", "volatile-lru"));
      assertThatThrownBy(() -> ops.call("GET", "vedfolnir:session:x"))
          .hasMessageContaining("NOPERM");
      assertThatThrownBy(() -> ops.call(endpoint.configCommand(), "SET", "save", ""))
          .hasMessageContaining("NOPERM");
    }
  }

  @Test
  void tellsTheSessionUserThatAKeyExpired(RedisEndpoint endpoint) throws IOException {
    String key = "vedfolnir:session:" + Secrets.hex(8);
    try (RespClient listener = Talk.to(endpoint, Role.SESSION);
        RespClient writer = Talk.to(endpoint, Role.SESSION)) {
      listener.call("SUBSCRIBE", "__keyevent@0__:expired");
      writer.call("SET", key, "{}");
      writer.call("PEXPIRE", key, "1");
      assertThat(String.valueOf(listener.read()))
          .isEqualTo("[message, __keyevent@0__:expired, " + key + "]");
    }
  }

  @Test
  void explainsEveryDirective() {
    List<String> lines = RedisConf.resource("redis.conf").lines().toList();
    Pattern comment = Pattern.compile("# .*");
    Stream.iterate(0, i -> i < lines.size(), i -> i + 1)
        .filter(i -> !lines.get(i).isBlank() && !lines.get(i).startsWith("#"))
        .forEach(
            i -> {
              String directive = lines.get(i);
              String name = directive.substring(0, directive.indexOf(' ') + 1);
              String above = lines.get(i - 1);
              assertThat(comment.matcher(above).matches() || above.startsWith(name))
                  .as(directive)
                  .isTrue();
              assertThat(directive).doesNotContain(" #");
            });
  }
}
