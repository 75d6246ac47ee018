// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What is generated for one server: random passwords, the users file with their sums, the names of
 * the renamed commands.
 */
final class ServerFiles {
  /** What every test server leaves out of or adds to production, whatever starts it. */
  static final List<String> ALWAYS_DIFFERENT =
      List.of("no active-defrag.conf", "user " + Role.TEST.user() + " added");

  private final Map<Role, Credentials> credentials;
  private final RenamedCommands commands;

  private ServerFiles(Map<Role, Credentials> credentials, RenamedCommands commands) {
    this.credentials = credentials;
    this.commands = commands;
  }

  static ServerFiles generate() {
    Map<Role, Credentials> credentials = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      credentials.put(role, new Credentials(role.user(), Secrets.hex(16)));
    }
    return new ServerFiles(credentials, RenamedCommands.random());
  }

  String users() {
    return UsersFile.render(credentials);
  }

  String renamedCommands() {
    return RedisConf.resource("renamed-commands.conf.template")
        .replace("@CONFIG_COMMAND@", commands.config())
        .replace("@SHUTDOWN_COMMAND@", commands.shutdown());
  }

  RedisEndpoint endpoint(String host, int port) {
    return new RedisEndpoint(host, port, credentials, commands.config(), commands.shutdown());
  }

  /** The configuration with the user's overrides, each noted for the announcement. */
  static RedisConf apply(RedisConf conf, Map<String, String> overrides, List<String> printed) {
    RedisConf changed = conf;
    for (Map.Entry<String, String> override : overrides.entrySet()) {
      changed = changed.with(override.getKey(), override.getValue());
      printed.add(RedisConf.shown(override.getKey(), override.getValue()));
    }
    return changed;
  }
}
