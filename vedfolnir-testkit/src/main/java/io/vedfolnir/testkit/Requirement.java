// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that a machine may lack. Where it is missing, a test that needs it is skipped with a
 * reason; where {@code VEDFOLNIR_REQUIRE} (a list such as {@code redis,docker,python}) names it,
 * the test fails instead.
 */
public enum Requirement {
  /** A Redis server that the testkit can start. */
  REDIS,
  /** A container engine and the image for Redis. */
  DOCKER,
  /** Python 3 with the pinned RQ. */
  PYTHON;

  private static final Logger LOG = LoggerFactory.getLogger(Requirement.class);

  /** Whether this machine promises it: {@code VEDFOLNIR_REQUIRE} names it. */
  public boolean isPromised() {
    return isPromised(Settings.ofThisProcess());
  }

  boolean isPromised(Settings settings) {
    return Arrays.asList(settings.require().split("\\s*,\\s*", -1))
        .contains(name().toLowerCase(Locale.ROOT));
  }

  /**
   * Goes on if it is available.
   *
   * @param reason what is missing and how to get it; logged, and shown in the report
   * @throws org.opentest4j.TestAbortedException if it is missing; the test counts as skipped
   * @throws AssertionError if it is missing although promised
   */
  public void check(boolean available, String reason) {
    check(Settings.ofThisProcess(), available, reason);
  }

  void check(Settings settings, boolean available, String reason) {
    if (available) {
      return;
    }
    if (isPromised(settings)) {
      throw new AssertionError(Settings.REQUIRE + " promises " + this + ", but: " + reason);
    }
    // Build tools count skipped tests and keep the reasons to themselves.
    LOG.warn("skipped, because {} is missing: {}", this, reason);
    Assumptions.abort(this + " is missing: " + reason);
  }
}
