// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

/**
 * How many sessions a user may have at once (OWASP ASVS 5.0, 7.1.2).
 *
 * @param most 1 to 10,000
 * @param whenFull what a login beyond it does
 */
public record SessionLimit(int most, WhenFull whenFull) {

  /** What becomes of a login of a user who has as many sessions as he may. */
  public enum WhenFull {
    /** It fails with {@link SessionException.TooMany}. */
    REJECT,
    /** It ends the session that began first. */
    END_OLDEST
  }

  /** Checks the bounds. */
  public SessionLimit {
    if (most < 1 || most > 10_000) {
      throw new IllegalArgumentException("a session limit must be between 1 and 10000");
    }
  }
}
