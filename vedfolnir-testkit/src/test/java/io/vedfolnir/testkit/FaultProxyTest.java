// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FaultProxyTest {
  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

  private static RespClient through(FaultProxy proxy) throws IOException {
    return Talk.to(proxy.endpoint(), Role.TEST);
  }

  private static RespClient impatient(FaultProxy proxy) throws IOException {
    return Talk.to(proxy.endpoint(), Role.TEST, Duration.ofMillis(600));
  }

  private static long length(RedisEndpoint direct, String key) throws IOException {
    try (RespClient client = Talk.to(direct, Role.TEST)) {
      return Long.parseLong(client.text("LLEN", key));
    }
  }

  private static Duration timeOf(RespClient client, String... words) throws IOException {
    long start = System.nanoTime();
    client.call(words);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Test
  void passesEverythingWhenNothingIsWrong(FaultProxy proxy, KeyPrefix prefix) throws IOException {
    String large = "x".repeat(1_000_000);
    try (RespClient client = through(proxy)) {
      assertThat(client.text("SET", prefix.key("a"), large)).isEqualTo("OK");
      assertThat(client.text("GET", prefix.key("a"))).isEqualTo(large);
      assertThat(client.list("MGET", prefix.key("a"), prefix.key("b")).get(1)).isNull();
      assertThat(proxy.connections()).isEqualTo(1);
    }
    await().until(() -> proxy.connections() == 0);
  }

  @Test
  void delaysBothDirections(FaultProxy proxy) throws IOException {
    try (RespClient client = through(proxy)) {
      proxy.delay(Duration.ofMillis(100));
      assertThat(timeOf(client, "PING")).isGreaterThanOrEqualTo(Duration.ofMillis(200));
      proxy.heal();
      await().until(() -> timeOf(client, "PING").toMillis() < 200);
    }
  }

  @Test
  void throttlesToARate(FaultProxy proxy, KeyPrefix prefix) throws IOException {
    try (RespClient client = through(proxy)) {
      client.call("SET", prefix.key("a"), "x".repeat(10_000));
      proxy.throttle(20_000);
      assertThat(timeOf(client, "GET", prefix.key("a")))
          .isBetween(Duration.ofMillis(450), Duration.ofSeconds(4));
    }
  }

  @Test
  void requestCutBeforeTheServerIsNeverExecuted(
      FaultProxy proxy, RedisEndpoint direct, KeyPrefix prefix) throws Exception {
    try (RespClient client = through(proxy)) {
      client.call("RPUSH", prefix.key("q"), "first");
      ArmedFault fault = proxy.on("RPUSH").cutBeforeRequest();
      assertThat(client.text("PING")).as("others pass").isEqualTo("PONG");
      assertThatThrownBy(() -> client.call("RPUSH", prefix.key("q"), "second"))
          .isInstanceOf(EOFException.class);
      assertThat(fault.awaitFired(Duration.ofSeconds(5))).isTrue();
    }
    assertThat(length(direct, prefix.key("q"))).isEqualTo(1);
  }

  @Test
  void droppedReplyBelongsToAnExecutedRequest(
      FaultProxy proxy, RedisEndpoint direct, KeyPrefix prefix) throws Exception {
    try (RespClient client = through(proxy)) {
      ArmedFault fault = proxy.on("RPUSH").dropReply();
      assertThatThrownBy(() -> client.call("RPUSH", prefix.key("q"), "first"))
          .isInstanceOf(EOFException.class);
      assertThat(fault.awaitFired(Duration.ofSeconds(5))).isTrue();
    }
    assertThat(length(direct, prefix.key("q"))).isEqualTo(1);
  }

  @Test
  void replyIsCutAfterSoManyBytes(FaultProxy proxy, KeyPrefix prefix) throws Exception {
    try (RespClient client = through(proxy);
        RespClient reader = through(proxy)) {
      client.call("SET", prefix.key("a"), "0123456789");
      // "$10", line break, and "0123" of the ten bytes.
      ArmedFault fault = proxy.on("GET").cutInsideReply(9);
      assertThatThrownBy(() -> reader.call("GET", prefix.key("a")))
          .isInstanceOf(EOFException.class);
      assertThat(fault.awaitFired(Duration.ofSeconds(5))).isTrue();
      assertThat(client.text("GET", prefix.key("a"))).isEqualTo("0123456789");
    }
  }

  @Test
  void strikesTheNthRequestOnly(FaultProxy proxy, RedisEndpoint direct, KeyPrefix prefix)
      throws IOException {
    ArmedFault fault = proxy.on(3, "RPUSH " + prefix.key("q")).cutBeforeRequest();
    try (RespClient client = through(proxy)) {
      client.call("RPUSH", prefix.key("q"), "1");
      client.call("RPUSH", prefix.key("other"), "1");
      client.call("RPUSH", prefix.key("q"), "2");
      assertThat(fault.fired()).isFalse();
      assertThatThrownBy(() -> client.call("RPUSH", prefix.key("q"), "3"))
          .isInstanceOf(EOFException.class);
    }
    assertThat(length(direct, prefix.key("q"))).isEqualTo(2);
  }

  @Test
  void cutOfAPipelineAnswersWhatCameBefore(FaultProxy proxy, KeyPrefix prefix) throws IOException {
    proxy.on("EXEC").cutBeforeRequest();
    try (RespClient client = through(proxy)) {
      client.send("MULTI");
      client.send("SET", prefix.key("a"), "1");
      client.send("EXEC");
      assertThat(client.read()).isEqualTo("OK");
      assertThat(client.read()).isEqualTo("QUEUED");
      assertThatThrownBy(client::read).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void rivalWritesBetweenWatchAndExec(FaultProxy proxy, RedisEndpoint direct, KeyPrefix prefix)
      throws IOException {
    ArmedFault rival =
        proxy
            .on("EXEC")
            .runBefore(
                () -> {
                  try (RespClient other = Talk.to(direct, Role.TEST)) {
                    other.call("SET", prefix.key("a"), "rival");
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
    try (RespClient client = through(proxy)) {
      client.call("WATCH", prefix.key("a"));
      client.call("MULTI");
      client.call("SET", prefix.key("a"), "mine");
      assertThat(client.call("EXEC")).as("the transaction has lost").isNull();
      assertThat(rival.fired()).isTrue();
      assertThat(client.text("GET", prefix.key("a"))).isEqualTo("rival");
    }
  }

  @Test
  void disarmedFaultNeverStrikes(FaultProxy proxy) throws IOException {
    ArmedFault fault = proxy.on("PING").dropReply();
    fault.disarm();
    ArmedFault cleared = proxy.on("PING").dropReply();
    proxy.heal();
    try (RespClient client = through(proxy)) {
      assertThat(client.text("PING")).isEqualTo("PONG");
      assertThat(List.of(fault.fired(), cleared.fired())).containsOnly(false);
    }
  }

  @Test
  void resetStrikesPresentConnectionsOnce(FaultProxy proxy) throws IOException {
    try (RespClient client = through(proxy)) {
      proxy.reset();
      assertThatThrownBy(() -> client.call("PING"))
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
    try (RespClient client = through(proxy)) {
      assertThat(client.text("PING")).isEqualTo("PONG");
    }
  }

  @Test
  void partitionHoldsEverythingUntilItHeals(
      FaultProxy proxy, RedisEndpoint direct, KeyPrefix prefix) throws IOException {
    try (RespClient client = impatient(proxy)) {
      proxy.partition();
      assertThatThrownBy(() -> client.call("RPUSH", prefix.key("q"), "1"))
          .isInstanceOf(SocketTimeoutException.class);
      assertThatThrownBy(() -> impatient(proxy)).isInstanceOf(SocketTimeoutException.class);
      assertThat(length(direct, prefix.key("q"))).isZero();
      proxy.heal();
      assertThat(client.read()).as("the held request goes on").isEqualTo(1L);
    }
  }

  @Test
  void halfOpenConnectionStaysOpenAndDead(FaultProxy proxy, RedisEndpoint direct, KeyPrefix prefix)
      throws IOException {
    try (RespClient client = impatient(proxy)) {
      proxy.halfOpen();
      assertThatThrownBy(() -> client.call("RPUSH", prefix.key("q"), "1"))
          .isInstanceOf(SocketTimeoutException.class);
      assertThatThrownBy(() -> impatient(proxy)).isInstanceOf(SocketTimeoutException.class);
      proxy.heal();
      assertThatThrownBy(() -> client.call("PING")).isInstanceOf(SocketTimeoutException.class);
      assertThat(length(direct, prefix.key("q"))).isZero();
    }
    try (RespClient client = through(proxy)) {
      assertThat(client.text("PING")).isEqualTo("PONG");
    }
  }

  @Test
  void refusesAndListensAgainOnTheSamePort(FaultProxy proxy) throws IOException {
    int port = proxy.endpoint().port();
    try (RespClient client = through(proxy)) {
      proxy.refuse();
      assertThatThrownBy(() -> client.call("PING")).isInstanceOf(SocketException.class);
    }
    assertThatThrownBy(() -> through(proxy)).isInstanceOf(ConnectException.class);
    proxy.heal();
    assertThat(proxy.endpoint().port()).isEqualTo(port);
    try (RespClient client = through(proxy)) {
      assertThat(client.text("PING")).isEqualTo("PONG");
    }
  }

  @Test
  void closeEndsConnectionsAndThreads(RedisEndpoint direct) throws IOException {
    FaultProxy proxy = FaultProxy.to(direct);
    try (RespClient client = through(proxy)) {
      proxy.partition();
      proxy.close();
      proxy.close();
      assertThatThrownBy(() -> client.call("PING")).isInstanceOf(IOException.class);
      assertThat(proxy.connections()).isZero();
    }
    // A pool counts a thread as ended a moment before it is.
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().equals(proxy.name())));
  }

  @Test
  void refusesNonsense(FaultProxy proxy) {
    assertThatThrownBy(() -> proxy.delay(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> proxy.throttle(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> proxy.on(0, "GET")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> proxy.on("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> proxy.on("GET").cutInsideReply(0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
