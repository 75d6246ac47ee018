// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

/**
 * Other writers won every try of a watched transaction; nothing was written.
 *
 * <p>Trying again later is safe.
 */
public final class WatchConflictException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int tries;

  WatchConflictException(int tries) {
    super(
        "another writer won each of "
            + tries
            + " tries; nothing was written. Try again, or look for a client that rewrites the same"
            + " key without pause");
    this.tries = tries;
  }

  /** How many times the transaction was tried. */
  public int tries() {
    return tries;
  }
}
