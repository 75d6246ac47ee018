// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionSettingsTest {

  private final SessionSettings defaults = SessionSettings.defaults();

  @Test
  void areTheContractByDefault() {
    assertThat(defaults.idleTimeout().toSeconds()).isEqualTo(7_200);
    assertThat(defaults.absoluteLifetime()).contains(ofHours(24));
    assertThat(defaults.touchGranularity()).isEqualTo(ofMinutes(1));
    assertThat(defaults.maxDocumentBytes()).isEqualTo(1_048_576);
    assertThat(defaults.keyPrefix()).isEqualTo("vedfolnir:session:");
    assertThat(defaults.indexPrefix()).isEqualTo("vedfolnir:{session}:");
  }

  @Test
  void changeOneThingAtATime() {
    SessionSettings changed =
        defaults
            .withIdleTimeout(ofSeconds(30))
            .withAbsoluteLifetime(ofHours(8))
            .withTouchGranularity(ofSeconds(5))
            .withMaxDocumentBytes(2_048)
            .withMaxUpdateTries(3)
            .withRotationGrace(ofSeconds(10))
            .withSessionLimit(5, SessionLimit.WhenFull.REJECT)
            .withKeptEvents(1_000)
            .withPrefixes("dev:session:", "dev:{session}:");

    assertThat(changed)
        .isEqualTo(
            new SessionSettings(
                ofSeconds(30),
                java.util.Optional.of(ofHours(8)),
                ofSeconds(5),
                2_048,
                3,
                ofSeconds(10),
                java.util.Optional.of(new SessionLimit(5, SessionLimit.WhenFull.REJECT)),
                1_000,
                "dev:session:",
                "dev:{session}:"));
    assertThat(changed.withoutAbsoluteLifetime().absoluteLifetime()).isEmpty();
  }

  @Test
  void refuseWhatIsOutOfBounds() {
    for (ThrowingCallable wrong :
        List.<ThrowingCallable>of(
            () -> defaults.withRotationGrace(ofMillis(15_001)),
            () -> defaults.withRotationGrace(ofMillis(-1)),
            () -> defaults.withSessionLimit(0, SessionLimit.WhenFull.REJECT),
            () -> defaults.withSessionLimit(10_001, SessionLimit.WhenFull.REJECT),
            () -> defaults.withKeptEvents(999),
            () -> defaults.withKeptEvents(-1),
            () -> defaults.withKeptEvents(10_000_001),
            () -> defaults.withIdleTimeout(ofMillis(999)),
            () -> defaults.withIdleTimeout(ofDays(31)),
            () -> defaults.withAbsoluteLifetime(ofMillis(999)),
            () -> defaults.withTouchGranularity(ofMillis(-1)),
            () -> defaults.withTouchGranularity(ofMinutes(11)),
            () -> defaults.withMaxDocumentBytes(1_023),
            () -> defaults.withMaxUpdateTries(0),
            () -> defaults.withPrefixes("a:", "a:index:"),
            () -> defaults.withPrefixes("a:b:", "a:"),
            () -> defaults.withPrefixes("", "b:"),
            () -> defaults.withPrefixes("a*:", "b:"),
            () -> defaults.withPrefixes("a b:", "b:"))) {
      assertThatIllegalArgumentException().isThrownBy(wrong);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "123456789012345",
        "0123456789abcde*",
        "0123456789abcdef\n",
        "../../0123456789ab"
      })
  void idsOfAnotherFormAreRefusedWithoutBeingRepeated(String id) {
    assertThat(SessionId.isValid(id)).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SessionId.require(id))
        .withMessageNotContaining(id.isEmpty() ? "\n" : id);
  }

  @Test
  void idsMayHave16To128Characters() {
    assertThat(SessionId.isValid("a".repeat(16))).isTrue();
    assertThat(SessionId.isValid("Z".repeat(128))).isTrue();
    assertThat(SessionId.isValid("Z".repeat(129))).isFalse();
    assertThat(SessionId.isValid("c9bf9e57-1685-4c89-bafb-ff5af830be8a")).isTrue();
    assertThat(SessionId.random()).hasSize(43).satisfies(id -> SessionId.require(id));
  }
}
