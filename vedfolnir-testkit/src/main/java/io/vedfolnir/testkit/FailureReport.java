// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What one wants to know about the server when a test has failed. */
final class FailureReport {
  private static final int LOG_LINES = 60;

  private FailureReport() {}

  static void publish(RedisServer server, ExtensionContext context) {
    String report = of(server);
    System.err.println("After the failure of " + context.getDisplayName() + ":\n" + report);
    context.publishReportEntry("redis", report);
  }

  static String of(RedisServer server) {
    return server
        + "\ndiffers from production: "
        + String.join("; ", server.overrides())
        + "\n--- log ---\n"
        + tail(server.log())
        + "\n--- slow log ---\n"
        + slowLog(server)
        + "\n--- configuration ---\n"
        + configuration(server)
        + "\n";
  }

  private static String tail(String log) {
    String[] lines = log.strip().split("\n", -1);
    int from = Math.max(0, lines.length - LOG_LINES);
    return String.join("\n", Arrays.asList(lines).subList(from, lines.length));
  }

  private static String slowLog(RedisServer server) {
    try {
      return String.join("\n", server.slowLog());
    } catch (IOException e) {
      return "(no answer: " + e.getMessage() + ")";
    }
  }

  private static String configuration(RedisServer server) {
    try {
      return server.effectiveConfiguration().entrySet().stream()
          .filter(directive -> !directive.getValue().isEmpty())
          .map(directive -> directive.getKey() + " " + directive.getValue())
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      return "(no answer: " + e.getMessage() + ")";
    }
  }
}
