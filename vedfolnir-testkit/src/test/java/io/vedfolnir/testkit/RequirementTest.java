// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RequirementTest {
  private static Settings requiring(String list) {
    return new Settings(name -> null, name -> name.equals(Settings.REQUIRE) ? list : null);
  }

  @Test
  void goesOnWithWhatIsThere() {
    assertThatCode(() -> Requirement.DOCKER.check(requiring("docker"), true, "-"))
        .doesNotThrowAnyException();
  }

  @Test
  void skipsWhatNobodyPromised() {
    assertThatThrownBy(() -> Requirement.DOCKER.check(requiring("redis"), false, "no engine"))
        .satisfies(e -> assertThat(e.getClass().getSimpleName()).isEqualTo("TestAbortedException"))
        .hasMessageContaining("no engine");
  }

  @Test
  void failsForWhatWasPromised() {
    assertThatThrownBy(
            () -> Requirement.DOCKER.check(requiring("redis, Docker"), false, "no engine"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no engine");
  }
}
