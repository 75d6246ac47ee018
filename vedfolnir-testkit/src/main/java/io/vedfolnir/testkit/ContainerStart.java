// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts the configured Redis in a container, the files where production mounts them. */
final class ContainerStart {
  private static final String TESTCONTAINERS = "org.testcontainers.containers.GenericContainer";

  private ContainerStart() {}

  static RedisServer start(String image, Map<String, String> overrides) {
    requireTestcontainers();
    ServerFiles files = ServerFiles.generate();
    List<String> printed = new ArrayList<>();
    printed.add("image " + image);
    printed.addAll(ServerFiles.ALWAYS_DIFFERENT);
    RedisConf conf = ServerFiles.apply(RedisConf.hardened(), overrides, printed);
    ContainerServer host = new ContainerServer(image, conf, files);
    try {
      host.create();
      return RedisServer.of(host, RedisMode.DOCKER, printed);
    } catch (RuntimeException e) {
      host.close();
      throw e;
    }
  }

  private static void requireTestcontainers() {
    try {
      Class.forName(TESTCONTAINERS);
    } catch (ClassNotFoundException e) {
      throw new RedisStartException(
          "a container needs org.testcontainers:testcontainers on the test class path", e);
    }
  }
}
