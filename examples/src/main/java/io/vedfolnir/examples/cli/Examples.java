// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The program: {@code java -jar vedfolnir-examples.jar sessions|enqueue|work|jobs …}. */
@Command(
    name = "vedfolnir-examples",
    description = "Sessions and jobs shared with Python over Redis.",
    mixinStandardHelpOptions = true,
    versionProvider = Examples.Version.class,
    subcommands = {
      SessionsCommand.class,
      EnqueueCommand.class,
      WorkCommand.class,
      JobsCommand.class
    },
    footer = {
      "",
      "A Redis URI is redis://user@host:6379/0, rediss://… for TLS, or redis-sentinel://….",
      "Keep the password out of the command line: set VEDFOLNIR_REDIS_PASSWORD_FILE or",
      "VEDFOLNIR_REDIS_PASSWORD.",
      "",
      "Exit status: 0 done, 1 not found, 2 bad input, 3 Redis unavailable, 4 job failed."
    })
public final class Examples {

  private Examples() {}

  /** Runs the program and ends the JVM with its exit status. */
  public static void main(String[] words) {
    System.exit(run(words));
  }

  /** Runs the program in this JVM. */
  static int run(String... words) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    return new CommandLine(new Examples())
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler(Examples::report)
        .execute(words);
  }

  private static int report(Exception failure, CommandLine command, ParseResult parsed) {
    ExitCode code = ExitCode.of(failure);
    command.getErr().println("error: " + failure.getMessage());
    return code.status();
  }

  /** The version in the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Examples.class.getPackage().getImplementationVersion();
      return new String[] {"vedfolnir-examples " + (version == null ? "(unpackaged)" : version)};
    }
  }
}
