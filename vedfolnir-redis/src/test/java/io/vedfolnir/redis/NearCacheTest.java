// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.lettuce.core.SetArgs;
import io.vedfolnir.redis.NearCache.Held;
import io.vedfolnir.testkit.FaultProxy;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NearCacheTest {

  // Commands are counted by the server, so nobody else may talk to it.
  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  private FaultProxy proxy;
  private RedisAccess direct;
  private RedisAccess redis;
  private NearCache<String> cache;
  private String key;

  @BeforeEach
  void open(RedisEndpoint endpoint, KeyPrefix prefix) {
    proxy = FaultProxy.to(endpoint);
    direct = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.TEST)));
    redis =
        RedisAccess.open(
            RedisSettings.of(proxy.endpoint().uri(Role.TEST))
                .withCommandTimeout(Duration.ofMillis(500)));
    cache = redis.nearCache((name, value) -> new String(value, UTF_8), 10);
    await().until(cache::isTracking);
    key = prefix.key("value");
    set(key, "one");
  }

  @AfterEach
  void close() {
    cache.close();
    redis.close();
    direct.close();
    proxy.close();
  }

  @Test
  void whatDoesNotChangeIsReadOnce() {
    long before = gets();
    for (int i = 0; i < 100; i++) {
      assertThat(get(key)).contains("one");
    }
    assertThat(gets() - before).isEqualTo(1);
    assertThat(cache.hits()).isEqualTo(99);
    assertThat(cache.misses()).isEqualTo(1);
  }

  /** A PONG comes behind the pushes that were due before it: then the old value must be gone. */
  @Test
  void whatHasChangedIsNotServedOnceThePushIsHere() {
    for (int i = 0; i < 500; i++) {
      set(key, "v" + i);
      RedisAccess.await(cache.sync());
      assertThat(get(key)).contains("v" + i);
      assertThat(get(key)).contains("v" + i);
    }
    delete(key);
    RedisAccess.await(cache.sync());
    assertThat(get(key)).isEmpty();
  }

  /** The naive twin: a cache that nobody tells anything serves what was deleted. */
  @Test
  void aCacheWithoutTrackingServesWhatWasDeleted() {
    Map<String, Optional<String>> naive = new HashMap<>();
    naive.computeIfAbsent(key, name -> get(name));
    delete(key);
    RedisAccess.await(cache.sync());
    assertThat(naive.computeIfAbsent(key, name -> get(name))).contains("one");
    assertThat(get(key)).isEmpty();
  }

  @Test
  void readersAndWritersInParallelEndWithTheLastValue() {
    Thread writer =
        new Thread(
            () -> {
              for (int i = 0; i < 2_000; i++) {
                set(key, "v" + i);
              }
            });
    writer.start();
    while (writer.isAlive()) {
      assertThat(get(key)).isPresent();
    }
    RedisAccess.await(cache.sync());
    assertThat(get(key)).contains("v1999");
  }

  @Test
  void everythingIsDroppedWhenTheConnectionEnds() {
    assertThat(get(key)).contains("one");
    proxy.refuse();
    await()
        .untilAsserted(
            () -> assertThatThrownBy(() -> get(key)).isInstanceOf(RedisAccessException.class));
    set(key, "two");
    proxy.heal();

    await().until(cache::isTracking);
    await().ignoreExceptions().untilAsserted(() -> assertThat(get(key)).contains("two"));
    set(key, "three");
    await().untilAsserted(() -> assertThat(get(key)).contains("three"));
  }

  @Test
  void aConnectionThatIsKilledIsMadeAgain() {
    assertThat(get(key)).contains("one");
    RedisAccess.await(direct.call(commands -> commands.clientKill(KillArgs.Builder.skipme())));
    set(key, "two");
    await().ignoreExceptions().untilAsserted(() -> assertThat(get(key)).contains("two"));
    await().until(cache::isTracking);
  }

  @Test
  void aConnectionThatIsDeadWithoutAWordServesNothingForLong() {
    assertThat(get(key)).contains("one");
    proxy.halfOpen();
    set(key, "two");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThatThrownBy(() -> get(key)).isInstanceOf(RedisAccessException.class));
    proxy.heal();
    proxy.reset();
    await().ignoreExceptions().untilAsserted(() -> assertThat(get(key)).contains("two"));
  }

  @Test
  void whatHasExpiredIsNotServed() {
    RedisAccess.await(
        direct.call(commands -> commands.set(key, bytes("short"), SetArgs.Builder.px(300))));
    RedisAccess.await(cache.sync());
    assertThat(get(key)).contains("short");
    await().untilAsserted(() -> assertThat(get(key)).isEmpty());
  }

  @Test
  void theLeastRecentlyUsedGoes(KeyPrefix prefix) {
    for (int i = 0; i < 11; i++) {
      set(prefix.key("k" + i), "v" + i);
      assertThat(get(prefix.key("k" + i))).contains("v" + i);
    }
    long misses = cache.misses();
    assertThat(get(prefix.key("k10"))).contains("v10");
    assertThat(cache.misses()).isEqualTo(misses);
    assertThat(get(prefix.key("k0"))).contains("v0");
    assertThat(cache.misses()).isEqualTo(misses + 1);
  }

  @Test
  void aValueThatCannotBeDecodedFailsThatReadAndIsNotKept() {
    try (NearCache<String> strict =
        redis.nearCache(
            (name, value) -> {
              throw new IllegalStateException("broken");
            },
            10)) {
      await().until(strict::isTracking);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> RedisAccess.await(strict.get(key)))
            .isInstanceOf(IllegalStateException.class);
      }
      assertThat(strict.hits()).isZero();
    }
  }

  @Test
  void withoutTheRightToTrackEveryReadGoesToRedis(RedisEndpoint endpoint) {
    // The queue's user has no use for it.
    String job = "rq:job:near-cache";
    set(job, "x");
    try (RedisAccess queue = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.QUEUE)));
        NearCache<String> plain = queue.nearCache((name, value) -> new String(value, UTF_8), 10)) {
      for (int i = 0; i < 3; i++) {
        assertThat(RedisAccess.await(plain.get(job)).map(Held::value)).contains("x");
      }
      assertThat(plain.isTracking()).isFalse();
      assertThat(plain.hits()).isZero();
    } finally {
      delete(job);
    }
  }

  @Test
  void aSizeOutOfBoundsIsRefused() {
    for (int size : new int[] {0, -1, 10_000_001}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> redis.nearCache((name, value) -> name, size));
    }
  }

  private Optional<String> get(String name) {
    return RedisAccess.await(cache.get(name)).map(Held::value);
  }

  private void set(String name, String value) {
    RedisAccess.await(direct.call(commands -> commands.set(name, bytes(value))));
  }

  private void delete(String name) {
    RedisAccess.await(direct.call(commands -> commands.del(name)));
  }

  private long gets() {
    String stats = RedisAccess.await(direct.read(commands -> commands.info("commandstats")));
    Matcher calls = Pattern.compile("cmdstat_get:calls=(\\d+)").matcher(stats);
    return calls.find() ? Long.parseLong(calls.group(1)) : 0;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
