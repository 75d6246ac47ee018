// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit.python;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;

/** Runs a program to its end. */
final class Command {
  private Command() {}

  /** What it printed; an exception with that if it did not end with 0. */
  static String run(List<String> words) throws IOException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IOException(words.get(0) + " ended with " + exit + ": " + printed.strip());
      }
      return printed;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + words.get(0) + " ran", e);
    }
  }
}
