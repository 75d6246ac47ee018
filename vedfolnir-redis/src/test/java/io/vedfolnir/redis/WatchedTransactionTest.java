// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WatchedTransactionTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened();

  private RedisEndpoint endpoint;
  private RedisAccess redis;
  private String key;

  @BeforeEach
  void open(RedisEndpoint endpoint, KeyPrefix prefix) {
    this.endpoint = endpoint;
    redis = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.TEST)).withClientName("watching"));
    key = prefix.key("count");
  }

  @AfterEach
  void close() {
    redis.close();
  }

  @Test
  void noIncrementIsLostBetweenManyWriters() {
    int writers = 400;
    List<CompletableFuture<Long>> running = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      running.add(redis.watched(increment(1_000)).toCompletableFuture());
    }
    running.forEach(RedisAccess::await);
    assertThat(value()).isEqualTo(writers);
  }

  @Test
  void theDecisionRunsAgainWhenAnotherWriterWins() {
    AtomicInteger runs = new AtomicInteger();
    long result =
        RedisAccess.await(
            redis.watched(
                new WatchedTransaction<byte[], Long>(
                    List.of(key),
                    r -> r.get(key),
                    found -> {
                      if (runs.incrementAndGet() == 1) {
                        RedisAccess.await(redis.call(r -> r.set(key, bytes("41"))));
                      }
                      return set(found == null ? 1 : number(found) + 1);
                    },
                    2)));
    assertThat(runs).hasValue(2);
    assertThat(result).isEqualTo(42);
    assertThat(value()).isEqualTo(42);
  }

  @Test
  void aWriterThatAlwaysLosesIsToldHowOftenItTried() {
    assertThatThrownBy(
            () ->
                RedisAccess.await(
                    redis.watched(
                        new WatchedTransaction<byte[], Long>(
                            List.of(key),
                            r -> r.get(key),
                            found -> {
                              RedisAccess.await(redis.call(r -> r.incr(key)));
                              return set(-1);
                            },
                            5))))
        .isInstanceOfSatisfying(
            WatchConflictException.class, conflict -> assertThat(conflict.tries()).isEqualTo(5));
    assertThat(value()).isEqualTo(5);
  }

  @Test
  void stoppingWritesNothingAndGivesTheConnectionBack() {
    for (int i = 0; i < 100; i++) {
      String found =
          RedisAccess.await(
              redis.watched(
                  new WatchedTransaction<byte[], String>(
                      List.of(key), r -> r.get(key), value -> Decision.stop("nothing"), 1)));
      assertThat(found).isEqualTo("nothing");
    }
    assertThat((long) RedisAccess.await(redis.read(r -> r.exists(key)))).isZero();
  }

  @Test
  void whatTheDecisionThrowsReachesTheCallerAndWritesNothing() {
    assertThatThrownBy(
            () ->
                RedisAccess.await(
                    redis.watched(
                        new WatchedTransaction<byte[], Long>(
                            List.of(key),
                            r -> r.get(key),
                            found -> {
                              throw new IllegalStateException("changed my mind");
                            },
                            1))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("changed my mind");
    assertThat((long) RedisAccess.await(redis.watched(increment(1)))).isEqualTo(1);
  }

  @Test
  void moreTransactionsThanConnectionsWaitTheirTurn() {
    RedisSettings one = RedisSettings.of(endpoint.uri(Role.TEST)).withTransactionConnections(1);
    try (RedisAccess narrow = RedisAccess.open(one)) {
      List<CompletableFuture<Long>> running = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        running.add(narrow.watched(increment(1)).toCompletableFuture());
      }
      running.forEach(RedisAccess::await); // one connection: nobody can conflict
      assertThat(value()).isEqualTo(50);
    }
  }

  /** The claim: a connection that breaks between WATCH and EXEC writes nothing. */
  @Test
  void aConnectionThatBreaksAfterTheReadWritesNothing() {
    assertThatThrownBy(
            () ->
                RedisAccess.await(
                    redis.watched(
                        new WatchedTransaction<byte[], Long>(
                            List.of(key),
                            r -> r.get(key),
                            found -> {
                              breakConnectionsAndSet(7);
                              return set(1);
                            },
                            1))))
        .isInstanceOf(RedisAccessException.class);
    assertThat(value()).isEqualTo(7);
  }

  /** The naive twin: a connection that comes back by itself has forgotten what it watched. */
  @Test
  void theNaiveClientOverwritesAfterItsConnectionBroke() {
    RedisClient client = RedisClient.create(endpoint.uri(Role.TEST));
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      connection.sync().clientSetname("watching");
      connection.sync().watch(key);
      breakConnectionsAndSet(7);
      await().ignoreExceptions().until(() -> connection.sync().ping().equals("PONG"));
      connection.sync().multi();
      connection.sync().set(key, "1");
      TransactionResult result = connection.sync().exec();
      assertThat(result.wasDiscarded()).isFalse();
      assertThat(value()).isEqualTo(1); // the 7 of the other writer is lost
    } finally {
      client.shutdown();
    }
  }

  @Test
  void boundsAreChecked() {
    Function<byte[], Decision<Long>> decide = found -> Decision.stop(0L);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WatchedTransaction<>(List.of(), r -> r.get(key), decide, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WatchedTransaction<>(List.of(key), r -> r.get(key), decide, 0));
  }

  private WatchedTransaction<byte[], Long> increment(int maxTries) {
    return new WatchedTransaction<>(
        List.of(key),
        r -> r.get(key),
        found -> set(found == null ? 1 : number(found) + 1),
        maxTries);
  }

  private Decision<Long> set(long value) {
    return Decision.write(
        r -> r.set(key, bytes(Long.toString(value))), reply -> reply.orThrow().size() * value);
  }

  private void breakConnectionsAndSet(long value) {
    try (RedisAccess other = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.TEST)))) {
      String clients = RedisAccess.await(other.read(r -> r.clientList()));
      clients
          .lines()
          .filter(line -> line.contains(" name=watching "))
          .map(line -> Long.parseLong(line.substring(3, line.indexOf(' '))))
          .forEach(id -> RedisAccess.await(other.call(r -> r.clientKill(KillArgs.Builder.id(id)))));
      RedisAccess.await(other.call(r -> r.set(key, bytes(Long.toString(value)))));
    }
  }

  private long value() {
    try (RedisAccess other = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.TEST)))) {
      return number(RedisAccess.await(other.read(r -> r.get(key))));
    }
  }

  private static long number(byte[] value) {
    return Long.parseLong(new String(value, UTF_8));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
