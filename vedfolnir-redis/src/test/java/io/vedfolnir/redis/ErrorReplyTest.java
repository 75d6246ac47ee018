// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.vedfolnir.redis.RedisAccessException.Denied;
import io.vedfolnir.redis.RedisAccessException.Rejected;
import io.vedfolnir.redis.RedisAccessException.TemporarilyRefused;
import io.vedfolnir.redis.RedisAccessException.Unreachable;
import io.vedfolnir.testkit.RedisLauncher;
import io.vedfolnir.testkit.RedisServer;
import io.vedfolnir.testkit.Requirement;
import io.vedfolnir.testkit.Role;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Each error that Redis can give, given by a live server, and what it becomes. */
class ErrorReplyTest {

  private static final byte[] VALUE = "value-that-must-not-show".getBytes(UTF_8);

  @Test
  void noPasswordOrAWrongOneIsDenied() {
    try (RedisServer server = RedisLauncher.hardened().open()) {
      String address = server.endpoint().host() + ":" + server.endpoint().port();
      assertThatThrownBy(() -> open("redis://" + address))
          .isInstanceOfSatisfying(
              Denied.class,
              denied -> {
                assertThat(denied.code()).contains("NOAUTH");
                assertThat(denied.isRetryable()).isFalse();
                assertThat(denied).hasMessageContaining("ACL user");
              });
      assertThatThrownBy(() -> open("redis://vedfolnir-session:wrong-secret@" + address))
          .isInstanceOfSatisfying(
              Denied.class, denied -> assertThat(denied.code()).contains("WRONGPASS"))
          .hasMessageNotContaining("wrong-secret");
    }
  }

  @Test
  void aMissingRightIsDenied() {
    try (RedisServer server = RedisLauncher.hardened().open();
        RedisAccess redis = open(server.endpoint().uri(Role.SESSION))) {
      expect(redis, r -> r.set("rq:queue:other", VALUE), Denied.class, "NOPERM");
      expect(redis, r -> r.keys("*"), Denied.class, "NOPERM");
    }
  }

  @Test
  void aDisabledCommandAndAnotherTypeAreRejected() {
    try (RedisServer server = RedisLauncher.hardened().open();
        RedisAccess redis = open(server.endpoint().uri(Role.TEST))) {
      expect(redis, r -> r.flushall(), Rejected.class, "UNKNOWN_COMMAND");
      RedisAccess.await(redis.call(r -> r.set("error-reply:text", VALUE)));
      expect(redis, r -> r.lpush("error-reply:text", VALUE), Rejected.class, "WRONGTYPE");
      expect(redis, r -> r.incr("error-reply:text"), Rejected.class, "ERR");
      RedisAccess.await(redis.call(r -> r.del("error-reply:text")));
    }
  }

  @Test
  void aFullServerRefusesForNowAlsoInsideATransaction() {
    try (RedisServer server = RedisLauncher.hardened().withOverride("maxmemory", "1mb").start();
        RedisAccess redis = open(server.endpoint().uri(Role.TEST))) {
      expect(redis, r -> r.set("k", VALUE), TemporarilyRefused.class, "OOM");
      assertThatThrownBy(() -> RedisAccess.await(redis.transact(r -> r.set("k", VALUE))))
          .isInstanceOfSatisfying(
              TemporarilyRefused.class, full -> assertThat(full.code()).contains("OOM"));
    }
  }

  @Test
  void aReplicaTakesNoWritesAndWithoutItsMasterNoReads() {
    try (RedisServer server =
            RedisLauncher.hardened().withOverride("replicaof", "127.0.0.1 1").start();
        RedisAccess redis = open(server.endpoint().uri(Role.TEST))) {
      expect(redis, r -> r.set("k", VALUE), TemporarilyRefused.class, "READONLY");
      config(server, redis, "replica-serve-stale-data", "no");
      expect(redis, r -> r.get("k"), TemporarilyRefused.class, "MASTERDOWN");
    }
  }

  @Test
  void tooFewReplicasRefuseForNow() {
    try (RedisServer server =
            RedisLauncher.hardened().withOverride("min-replicas-to-write", "1").start();
        RedisAccess redis = open(server.endpoint().uri(Role.TEST))) {
      expect(redis, r -> r.set("k", VALUE), TemporarilyRefused.class, "NOREPLICAS");
    }
  }

  @Test
  void aServerThatLoadsItsDataRefusesForNow() {
    // Microseconds for each key: loading takes as long as this test needs to look at it.
    try (RedisServer server =
        RedisLauncher.hardened()
            .withOverride("key-load-delay", "10000")
            .withOverride("loading-process-events-interval-bytes", "1024")
            .start()) {
      String uri = server.endpoint().uri(Role.TEST);
      try (RedisAccess redis = open(uri)) {
        for (int i = 0; i < 200; i++) {
          String key = "k" + i;
          RedisAccess.await(redis.call(r -> r.set(key, new byte[1_000])));
        }
        RedisAccess.await(redis.call(RedisAsyncCommands::bgrewriteaof));
        await()
            .until(
                () ->
                    RedisAccess.await(redis.read(r -> r.info("persistence")))
                        .contains("aof_rewrite_in_progress:0"));
      }
      server.kill();
      CompletableFuture<Void> restart = CompletableFuture.runAsync(server::restart);
      await()
          .atMost(Duration.ofSeconds(20))
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(50))
          .ignoreExceptions()
          .untilAsserted(
              () -> {
                try (RedisAccess redis = open(uri)) {
                  expect(redis, r -> r.get("k1"), TemporarilyRefused.class, "LOADING");
                }
              });
      restart.join();
    }
  }

  @Test
  void aServerBusyWithAScriptRefusesForNow() {
    try (RedisServer server =
            RedisLauncher.hardened().withOverride("busy-reply-threshold", "50").start();
        RedisAccess admin = open(server.endpoint().uri(Role.TEST))) {
      acl(admin, "SETUSER", "scripting", "on", ">p", "~*", "+@all");
      String uri =
          "redis://scripting:p@" + server.endpoint().host() + ":" + server.endpoint().port();
      try (RedisAccess redis = open(uri);
          DedicatedConnection rescue = redis.dedicate(Duration.ofSeconds(1))) {
        String digest = RedisAccess.await(redis.call(r -> r.scriptLoad("while true do end")));
        redis.call(r -> r.evalsha(digest, ScriptOutputType.STATUS));
        await()
            .atMost(Duration.ofSeconds(10))
            .untilAsserted(() -> expect(admin, r -> r.get("k"), TemporarilyRefused.class, "BUSY"));
        RedisAccess.await(rescue.call(RedisAsyncCommands::scriptKill));
      }
    }
  }

  @Test
  void aServerWithoutRoomForAnotherClientRefusesForNow() {
    try (RedisServer server = RedisLauncher.hardened().withOverride("maxclients", "3").start();
        RedisAccess redis = open(server.endpoint().uri(Role.TEST));
        DedicatedConnection third = redis.dedicate(Duration.ofSeconds(1))) {
      assertThat(third.isOpen()).isTrue();
      assertThatThrownBy(() -> redis.dedicate(Duration.ofSeconds(1)))
          .isInstanceOfSatisfying(
              RedisAccessException.class, full -> assertThat(full.isRetryable()).isTrue());
    }
  }

  @Test
  void aServerThatCannotSaveRefusesForNow() throws IOException {
    try (RedisServer server = RedisLauncher.hardened().start();
        RedisAccess redis = open(server.endpoint().uri(Role.TEST))) {
      assertThat(redis.health().status()).isEqualTo(RedisHealth.Status.HEALTHY);
      Path data = Path.of(server.effectiveConfiguration().get("dir"));
      Requirement.REDIS.check(Files.isDirectory(data), "the server runs in a container of its own");
      // A directory where the snapshot should go: Redis cannot replace it.
      Files.createDirectories(data.resolve("dump.rdb").resolve("occupied"));
      RedisAccess.await(redis.call(RedisAsyncCommands::bgsave));
      await()
          .untilAsserted(
              () -> expect(redis, r -> r.set("k", VALUE), TemporarilyRefused.class, "MISCONF"));
      // Redis 7.0 answers even PING with MISCONF: reads work, health says that something is wrong.
      assertThat(redis.health().status()).isNotEqualTo(RedisHealth.Status.HEALTHY);
      assertThat((long) RedisAccess.await(redis.read(r -> r.exists("k")))).isZero();
    }
  }

  @Test
  void nobodyListeningIsUnreachable() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertThatThrownBy(() -> open("redis://app:secret@127.0.0.1:" + port))
        .isInstanceOfSatisfying(Unreachable.class, gone -> assertThat(gone.isRetryable()).isTrue())
        .hasMessageContaining("Check host, port")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> open("redis://no-such-host.invalid")).isInstanceOf(Unreachable.class);
  }

  private static RedisAccess open(String uri) {
    return RedisAccess.open(RedisSettings.of(uri));
  }

  private static <T> void expect(
      RedisAccess redis,
      Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> command,
      Class<? extends RedisAccessException> type,
      String code) {
    assertThatThrownBy(() -> RedisAccess.await(redis.call(command)))
        .isInstanceOfSatisfying(
            type,
            failure -> {
              assertThat(failure.code()).contains(code);
              assertThat(failure.isRetryable()).isEqualTo(type == TemporarilyRefused.class);
              assertThat(failure).hasMessageNotContaining("value-that-must-not-show");
            });
  }

  private static void config(RedisServer server, RedisAccess redis, String name, String value) {
    command(redis, server.endpoint().configCommand(), "SET", name, value);
  }

  private static void acl(RedisAccess redis, String... words) {
    command(redis, "ACL", words);
  }

  private static void command(RedisAccess redis, String name, String... words) {
    CommandArgs<String, byte[]> arguments = new CommandArgs<>(Connector.CODEC);
    for (String word : words) {
      arguments.add(word);
    }
    RedisAccess.await(
        redis.call(
            r ->
                r.dispatch(
                    new NamedCommand(name), new StatusOutput<>(Connector.CODEC), arguments)));
  }

  private static final class NamedCommand implements ProtocolKeyword {
    private final String name;

    NamedCommand(String name) {
      this.name = name;
    }

    @Override
    public byte[] getBytes() {
      return name.getBytes(UTF_8);
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
