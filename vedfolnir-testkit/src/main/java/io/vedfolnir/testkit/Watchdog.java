// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A tiny shell process that ends a server and its directory when this JVM vanishes without running
 * its shutdown hooks. It waits for the end of its standard input, which only the JVM holds open.
 */
final class Watchdog implements AutoCloseable {
  private static final String SCRIPT =
      "read -r go; [ \"$go\" = home ] || { kill -9 \"$1\"; rm -rf \"$2\"; }";

  private final Process shell;

  private Watchdog(Process shell) {
    this.shell = shell;
  }

  static Watchdog over(Process server, Path directory) throws IOException {
    return new Watchdog(
        new ProcessBuilder(
                "sh", "-c", SCRIPT, "watchdog", Long.toString(server.pid()), directory.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  /** Sends it home: the server is ended otherwise, and its process id may be another's soon. */
  @Override
  public void close() {
    try (var stdin = shell.getOutputStream()) {
      stdin.write("home\n".getBytes(US_ASCII));
    } catch (IOException e) {
      // It has gone already.
    }
    shell.destroyForcibly();
  }
}
