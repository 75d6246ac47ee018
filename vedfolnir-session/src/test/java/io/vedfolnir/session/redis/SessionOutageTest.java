// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.redis.RedisAccessException.OutcomeUnknown;
import io.vedfolnir.redis.RedisAccessException.Unreachable;
import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.testkit.FaultProxy;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SessionOutageTest {

  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

  private static final AttributeKey<String> THEME = AttributeKey.text("theme");

  private Sessions sessions;
  private FaultProxy proxy;
  private String id;

  @BeforeEach
  void open(RedisEndpoint endpoint, FaultProxy proxy, KeyPrefix prefix) {
    this.proxy = proxy;
    sessions = Sessions.open(endpoint, proxy.endpoint(), prefix, SessionSettings.defaults());
    id = sessions.store.create(Login.of(1, "ada")).id();
    sessions.store.update(id, session -> session.with(THEME, "light"));
  }

  @AfterEach
  void close() {
    proxy.heal();
    sessions.close();
  }

  @Test
  void aSilentServerFailsEveryVerbInItsTime() {
    proxy.partition();

    assertFails(Unreachable.class, () -> sessions.store.find(id));
    assertFails(Unreachable.class, () -> sessions.store.touch(id));
    assertFails(
        Unreachable.class, () -> sessions.store.update(id, session -> session.with(THEME, "dark")));
    assertFails(OutcomeUnknown.class, () -> sessions.store.create(Login.of(1, "ada")));
    assertFails(OutcomeUnknown.class, () -> sessions.store.delete(id));
  }

  @Test
  void aServerThatIsGoneFailsReadsWithoutDoubt() {
    proxy.refuse();

    assertFails(Unreachable.class, () -> sessions.store.find(id));
    assertFails(Unreachable.class, () -> sessions.store.touch(id));
    assertFails(
        Unreachable.class, () -> sessions.store.update(id, session -> session.with(THEME, "dark")));
    assertFails(RedisAccessException.class, () -> sessions.store.delete(id));
  }

  @Test
  void anUpdateWhoseReplyIsLostIsNotRepeated() {
    proxy.on("EXEC").dropReply();

    assertFails(
        OutcomeUnknown.class,
        () -> sessions.store.update(id, session -> session.with(THEME, session.find(THEME) + "!")));
    await()
        .untilAsserted(
            () ->
                assertThat(sessions.redis().get(sessions.key(id)))
                    .contains("Optional[light]!")
                    .doesNotContain("!!"));
  }

  @Test
  void aDeletionWhoseReplyIsLostCanBeRepeated() {
    proxy.on("EXEC").dropReply();
    assertFails(OutcomeUnknown.class, () -> sessions.store.delete(id));

    await()
        .ignoreExceptionsInstanceOf(RedisAccessException.class)
        .until(() -> !sessions.store.delete(id));
    assertThat(sessions.redis().exists(sessions.key(id))).isZero();
  }

  @Test
  void theStoreServesAgainAfterAnOutage() {
    proxy.refuse();
    assertFails(Unreachable.class, () -> sessions.store.find(id));
    proxy.heal();

    await()
        .ignoreExceptionsInstanceOf(RedisAccessException.class)
        .until(() -> sessions.store.touch(id).isPresent());
    await()
        .ignoreExceptionsInstanceOf(RedisAccessException.class)
        .until(() -> sessions.store.update(id, s -> s.with(THEME, "dark")).isPresent());
  }

  /** The command timeout is 500 ms; the rest is for a machine that has other things to do. */
  private void assertFails(Class<? extends RedisAccessException> type, ThrowingCallable verb) {
    long start = System.nanoTime();
    assertThatThrownBy(verb).isInstanceOf(type).hasMessageNotContaining(id);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
  }
}
