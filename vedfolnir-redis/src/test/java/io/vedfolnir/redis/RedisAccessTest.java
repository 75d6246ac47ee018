// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.RedisLauncher;
import io.vedfolnir.testkit.RedisServer;
import io.vedfolnir.testkit.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class RedisAccessTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened();

  @Test
  void commandsBatchesAndTransactionsReachRedis(RedisEndpoint endpoint, KeyPrefix prefix) {
    String key = prefix.key("list");
    try (RedisAccess redis = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.TEST)))) {
      assertThat((long) RedisAccess.await(redis.call(r -> r.rpush(key, bytes("a"))))).isEqualTo(1);

      TransactionReply reply =
          RedisAccess.await(
              redis.transact(
                  r -> {
                    r.rpush(key, bytes("b"));
                    r.llen(key);
                    r.get(prefix.key("absent"));
                  }));
      assertThat(reply.size()).isEqualTo(3);
      assertThat(reply.number(1)).isEqualTo(2);
      assertThat(reply.find(2)).isEmpty();

      List<byte[]> list =
          RedisAccess.await(
              redis.together(
                  r -> r.rpush(key, bytes("c")).thenCombine(r.lrange(key, 0, -1), (n, l) -> l)));
      assertThat(list).containsExactly(bytes("a"), bytes("b"), bytes("c"));
    }
  }

  @Test
  void aCommandThatFailsInATransactionLeavesTheOthersReadable(
      RedisEndpoint endpoint, KeyPrefix prefix) {
    String text = prefix.key("text");
    String count = prefix.key("count");
    try (RedisAccess redis = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.TEST)))) {
      RedisAccess.await(redis.call(r -> r.set(text, bytes("x"))));
      TransactionReply reply =
          RedisAccess.await(
              redis.transact(
                  r -> {
                    r.lpush(text, bytes("y"));
                    r.incr(count);
                  }));
      assertThat(reply.error(0)).get().isInstanceOf(RedisAccessException.Rejected.class);
      assertThat(reply.number(1)).isEqualTo(1);
      assertThatThrownBy(reply::orThrow).isInstanceOf(RedisAccessException.Rejected.class);
    }
  }

  @Test
  void transactionsOfManyThreadsDoNotMix(RedisEndpoint endpoint, KeyPrefix prefix) {
    try (RedisAccess redis = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.TEST)))) {
      List<CompletableFuture<TransactionReply>> running =
          java.util.stream.IntStream.range(0, 2_000)
              .parallel()
              .mapToObj(
                  i ->
                      redis
                          .transact(
                              r -> {
                                r.set(prefix.key("k" + i), bytes("v" + i));
                                r.get(prefix.key("k" + i));
                              })
                          .toCompletableFuture())
              .toList();
      for (int i = 0; i < running.size(); i++) {
        TransactionReply reply = RedisAccess.await(running.get(i));
        assertThat(reply.size()).isEqualTo(2);
        assertThat(new String(reply.<byte[]>find(1).orElseThrow(), UTF_8)).isEqualTo("v" + i);
      }
    }
  }

  @Test
  void theClockIsTheServersNotTheMachines(RedisEndpoint endpoint) {
    try (RedisAccess redis = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.SESSION)))) {
      List<byte[]> time = RedisAccess.await(redis.read(r -> r.time()));
      Instant server = Instant.ofEpochSecond(Long.parseLong(new String(time.get(0), UTF_8)));
      assertThat(redis.clock().instant()).isCloseTo(server, within(2, ChronoUnit.SECONDS));

      // A clock that was told another time shows that one, whatever the machine believes.
      RedisClock skewed = new RedisClock();
      Instant past = Instant.parse("2001-02-03T04:05:06Z");
      skewed.set(past, System.nanoTime(), System.nanoTime());
      assertThat(skewed.instant()).isBetween(past, past.plusSeconds(30));
    }
  }

  @Test
  void messagesOfASubscribedChannelArrive(RedisEndpoint endpoint, KeyPrefix prefix) {
    ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();
    String channel = prefix.key("channel");
    try (RedisAccess redis = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.TEST)));
        Subscription subscription =
            redis.subscribe(
                List.of(channel),
                (from, message) -> {
                  received.add(new String(message, UTF_8));
                  throw new IllegalStateException("a listener may fail");
                })) {
      RedisAccess.await(redis.call(r -> r.publish(channel, bytes("one"))));
      RedisAccess.await(redis.call(r -> r.publish(channel, bytes("two"))));
      await().untilAsserted(() -> assertThat(received).containsExactly("one", "two"));
    }
  }

  @Test
  void closingLeavesNoConnectionAndNoThread(RedisEndpoint endpoint) {
    Set<String> before = threads();
    try (RedisAccess watcher = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.TEST)))) {
      Set<String> withWatcher = threads();
      RedisAccess redis =
          RedisAccess.open(RedisSettings.of(endpoint.uri(Role.TEST)).withClientName("leaving"));
      DedicatedConnection own = redis.dedicate(java.time.Duration.ofSeconds(1));
      RedisAccess.await(own.call(r -> r.ping()));
      redis.subscribe(List.of("any"), (channel, message) -> {});
      RedisAccess.await(
          redis.watched(
              new WatchedTransaction<>(
                  List.of("any"), r -> r.exists("any"), found -> Decision.stop(found), 1)));
      assertThat(clients(watcher, "leaving")).isEqualTo(5);

      redis.close();

      await().untilAsserted(() -> assertThat(clients(watcher, "leaving")).isZero());
      await().untilAsserted(() -> assertThat(withWatcher).containsAll(threads()));
    }
    await().untilAsserted(() -> assertThat(before).containsAll(threads()));
  }

  @Test
  void theApplicationsClientStaysOpenAndItsOptionsUntouched(
      RedisEndpoint endpoint, KeyPrefix prefix) {
    RedisClient application = RedisClient.create(endpoint.uri(Role.TEST));
    try {
      var options = application.getOptions();
      try (RedisAccess redis =
          RedisAccess.using(application, RedisSettings.of(endpoint.uri(Role.TEST)))) {
        RedisAccess.await(redis.call(r -> r.set(prefix.key("k"), bytes("v"))));
      }
      assertThat(application.getOptions()).isSameAs(options);
      try (var connection = application.connect()) {
        assertThat(connection.sync().get(prefix.key("k"))).isEqualTo("v");
      }
    } finally {
      application.shutdown();
    }
  }

  @Test
  void aRotatedSecretFileIsReadAtTheNextLogin(RedisEndpoint endpoint, @TempDir Path dir)
      throws IOException {
    String user = "rotating";
    Path file = Files.writeString(dir.resolve("password"), "first");
    try (RedisAccess admin = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.TEST)))) {
      acl(admin, "SETUSER " + user + " on >first ~* &* +@all");
      try {
        String uri = "redis://" + user + "@" + endpoint.host() + ":" + endpoint.port();
        RedisSettings settings = RedisSettings.of(uri).withSecretFile(file);
        try (RedisAccess redis = RedisAccess.open(settings)) {
          acl(admin, "SETUSER " + user + " >second <first");
          Files.writeString(file, "second");
          RedisAccess.await(
              admin.call(r -> r.clientKill(io.lettuce.core.KillArgs.Builder.user(user))));
          // The shared connection comes back by itself, and new ones are opened, with the new one.
          await()
              .ignoreExceptions()
              .until(() -> "PONG".equals(RedisAccess.await(redis.read(r -> r.ping()))));
          redis.dedicate(java.time.Duration.ofSeconds(1)).close();
        }
        Files.writeString(file, "first");
        assertThatThrownBy(() -> RedisAccess.open(settings))
            .isInstanceOf(RedisAccessException.Denied.class);
      } finally {
        acl(admin, "DELUSER " + user);
      }
    }
  }

  /**
   * Redis 7.0 replays the append-only file in the name of the default user, and drops each
   * transaction of which that user may not run a command. So the user is off, but has its rights.
   */
  @Test
  void transactionsSurviveARestartOfRedis() {
    try (RedisServer own = RedisLauncher.hardened().start()) {
      RedisSettings settings = RedisSettings.of(own.endpoint().uri(Role.QUEUE));
      try (RedisAccess redis = RedisAccess.open(settings)) {
        RedisAccess.await(redis.transact(r -> r.rpush("rq:queue:restart", bytes("job"))));
      }
      own.killAndRestart();
      try (RedisAccess redis = RedisAccess.open(settings)) {
        assertThat((long) RedisAccess.await(redis.read(r -> r.llen("rq:queue:restart"))))
            .isEqualTo(1);
      }
      String nobody = "redis://" + own.endpoint().host() + ":" + own.endpoint().port();
      assertThatThrownBy(() -> RedisAccess.open(RedisSettings.of(nobody)))
          .isInstanceOf(RedisAccessException.Denied.class);
      assertThatThrownBy(
              () ->
                  RedisAccess.open(
                      RedisSettings.of(nobody.replace("redis://", "redis://default:guess@"))))
          .isInstanceOf(RedisAccessException.Denied.class);
    }
  }

  private static void acl(RedisAccess admin, String line) {
    RedisAccess.await(
        admin.call(
            r -> {
              var args = new io.lettuce.core.protocol.CommandArgs<>(Connector.CODEC);
              for (String word : line.split(" ", -1)) {
                args.add(word);
              }
              return r.dispatch(
                  io.lettuce.core.protocol.CommandType.ACL,
                  new io.lettuce.core.output.ArrayOutput<>(Connector.CODEC),
                  args);
            }));
  }

  private static long clients(RedisAccess watcher, String name) {
    return RedisAccess.await(watcher.read(r -> r.clientList()))
        .lines()
        .filter(line -> line.contains(" name=" + name + " "))
        .count();
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.contains("lettuce") || name.contains("redis"))
        .collect(Collectors.toSet());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
