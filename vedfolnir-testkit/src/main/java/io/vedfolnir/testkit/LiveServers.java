// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The servers that this JVM has started; those still alive when it exits are ended then. */
final class LiveServers {
  private static final Set<ServerHost> LIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(LiveServers::closeAll, "vedfolnir-testkit"));
  }

  private LiveServers() {}

  static void add(ServerHost server) {
    LIVE.add(server);
  }

  static void remove(ServerHost server) {
    LIVE.remove(server);
  }

  private static void closeAll() {
    List.copyOf(LIVE).forEach(ServerHost::close);
  }
}
