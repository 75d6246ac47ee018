// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

/** A Redis server for tests could not be started; the message quotes the server's own words. */
public final class RedisStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RedisStartException(String message) {
    super(message);
  }

  RedisStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
