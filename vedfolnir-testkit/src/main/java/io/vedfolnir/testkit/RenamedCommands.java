// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

/**
 * The names under which this server knows two dangerous commands.
 *
 * @param config what {@code CONFIG} is called
 * @param shutdown what {@code SHUTDOWN} is called
 */
record RenamedCommands(String config, String shutdown) {

  static RenamedCommands none() {
    return new RenamedCommands("CONFIG", "SHUTDOWN");
  }

  static RenamedCommands random() {
    return new RenamedCommands("CONFIG_" + Secrets.hex(16), "SHUTDOWN_" + Secrets.hex(16));
  }
}
