// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.util.Map;

/** Starts a container. */
final class ContainerStart {
  private ContainerStart() {}

  @SuppressWarnings("DoNotCallSuggester")
  static RedisServer start(String image, Map<String, String> overrides) {
    throw new RedisStartException("no container of " + image + " for " + overrides);
  }
}
