// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

/** x. */
public final class FaultProxy implements AutoCloseable {
  @SuppressWarnings("DoNotCallSuggester")
  static FaultProxy to(RedisEndpoint endpoint) {
    throw new UnsupportedOperationException(endpoint.toString());
  }

  @Override
  public void close() {}
}
