// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.vedfolnir.redis.RedisAccessException.OutcomeUnknown;
import io.vedfolnir.redis.RedisAccessException.TemporarilyRefused;
import io.vedfolnir.redis.RedisAccessException.Unreachable;
import io.vedfolnir.testkit.FaultProxy;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens to a command when the connection fails around it. */
class ReplayTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened();

  private FaultProxy proxy;
  private RedisAccess direct;
  private RedisAccess redis;
  private String key;

  @BeforeEach
  void open(RedisEndpoint endpoint, KeyPrefix prefix) {
    proxy = FaultProxy.to(endpoint);
    direct = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.TEST)));
    redis =
        RedisAccess.open(
            RedisSettings.of(proxy.endpoint().uri(Role.TEST))
                .withCommandTimeout(Duration.ofMillis(500))
                .withRequestQueueSize(100));
    key = prefix.key("list");
  }

  @AfterEach
  void close() {
    redis.close();
    direct.close();
    proxy.close();
  }

  @Test
  void aWriteWhoseReplyIsLostIsDoneOnceAndReportedAsUnknown() {
    proxy.on("RPUSH " + key).dropReply();
    assertThatThrownBy(() -> RedisAccess.await(redis.call(r -> r.rpush(key, bytes("job")))))
        .isInstanceOfSatisfying(
            OutcomeUnknown.class, unknown -> assertThat(unknown.isRetryable()).isFalse());
    backAgain();
    assertThat(list()).containsExactly("job");
  }

  /** The naive twin: Lettuce as it comes repeats the write and calls it a success. */
  @Test
  void theNaiveClientDoublesAWriteWhoseReplyIsLost() {
    RedisClient client = RedisClient.create(proxy.endpoint().uri(Role.TEST));
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      proxy.on("RPUSH " + key).dropReply();
      assertThat(connection.sync().rpush(key, "job")).isEqualTo(2);
    } finally {
      client.shutdown();
    }
    assertThat(list()).containsExactly("job", "job");
  }

  @Test
  void aWriteThatNeverArrivedIsNotRepeatedEither() {
    proxy.on("RPUSH " + key).cutBeforeRequest();
    assertThatThrownBy(() -> RedisAccess.await(redis.call(r -> r.rpush(key, bytes("job")))))
        .isInstanceOf(OutcomeUnknown.class); // nobody here can know that it did not arrive
    backAgain();
    assertThat(list()).isEmpty();
  }

  @Test
  void aTransactionWhoseReplyIsLostIsDoneOnceAndWhole() {
    proxy.on("EXEC").dropReply();
    assertThatThrownBy(
            () ->
                RedisAccess.await(
                    redis.transact(
                        r -> {
                          r.rpush(key, bytes("a"));
                          r.rpush(key, bytes("b"));
                        })))
        .isInstanceOf(OutcomeUnknown.class);
    backAgain();
    assertThat(list()).containsExactly("a", "b");
  }

  @Test
  void aTransactionCutInItsMiddleDoesNothing() {
    proxy.on("EXEC").cutBeforeRequest();
    assertThatThrownBy(() -> RedisAccess.await(redis.transact(r -> r.rpush(key, bytes("a")))))
        .isInstanceOf(OutcomeUnknown.class);
    backAgain();
    assertThat(list()).isEmpty();
    assertThat(RedisAccess.await(redis.transact(r -> r.rpush(key, bytes("b")))).number(0))
        .isEqualTo(1);
  }

  @Test
  void aReadWhoseReplyIsLostMayBeRepeated() {
    proxy.on("LRANGE " + key).dropReply();
    assertThatThrownBy(() -> RedisAccess.await(redis.read(r -> r.lrange(key, 0, -1))))
        .isInstanceOfSatisfying(Unreachable.class, lost -> assertThat(lost.isRetryable()).isTrue());
  }

  @Test
  void aServerThatHangsIsReportedWithinTheCommandTimeout() {
    proxy.partition();
    long start = System.nanoTime();
    assertThatThrownBy(() -> RedisAccess.await(redis.call(r -> r.rpush(key, bytes("job")))))
        .isInstanceOf(OutcomeUnknown.class)
        .hasMessageContaining("did not answer in time");
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(450), Duration.ofSeconds(5));
    proxy.heal();
  }

  @Test
  void nothingIsQueuedWhileThereIsNoConnection() {
    proxy.refuse();
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> RedisAccess.await(redis.call(r -> r.incr(key))))
                    .isInstanceOf(Unreachable.class));
    for (int i = 0; i < 10_000; i++) {
      assertThat(redis.call(r -> r.rpush(key, bytes("job"))).toCompletableFuture())
          .isCompletedExceptionally();
    }
    proxy.heal();
    backAgain();
    assertThat(list()).isEmpty();
  }

  @Test
  void whatAHangingServerIsOwedStaysBounded() {
    RedisSettings patient =
        RedisSettings.of(proxy.endpoint().uri(Role.TEST))
            .withCommandTimeout(Duration.ofSeconds(30))
            .withRequestQueueSize(100);
    try (RedisAccess waiting = RedisAccess.open(patient)) {
      proxy.partition();
      List<CompletableFuture<Long>> sent =
          IntStream.range(0, 1_000)
              .mapToObj(i -> waiting.call(r -> r.rpush(key, bytes("job"))).toCompletableFuture())
              .toList();
      assertThat(sent.stream().filter(ReplayTest::isRefused)).hasSize(900);
      proxy.heal();
      long accepted = sent.stream().filter(one -> !isRefused(one)).map(RedisAccess::await).count();
      assertThat(accepted).isEqualTo(100);
      assertThat(list()).hasSize((int) accepted);
    }
  }

  private static boolean isRefused(CompletableFuture<Long> failed) {
    if (!failed.isCompletedExceptionally()) {
      return false;
    }
    Throwable failure = failed.handle((value, error) -> error).join();
    return failure instanceof TemporarilyRefused refused
        && refused.code().equals(java.util.Optional.of("CLIENT_QUEUE_FULL"));
  }

  private void backAgain() {
    await()
        .ignoreExceptions()
        .until(
            () ->
                "PONG".equals(RedisAccess.await(redis.read(r -> r.ping())))
                    && RedisAccess.await(redis.transact(r -> r.exists(key))).size() == 1);
  }

  private List<String> list() {
    return RedisAccess.await(direct.read(r -> r.lrange(key, 0, -1))).stream()
        .map(value -> new String(value, UTF_8))
        .toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
