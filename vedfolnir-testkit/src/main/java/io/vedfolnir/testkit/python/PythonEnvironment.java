// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit.python;

import io.vedfolnir.testkit.Requirement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A Python interpreter that can import a pinned version of RQ. Immutable.
 *
 * <p>{@code VEDFOLNIR_PYTHON_RQ2}, {@code _RQ1} and {@code _RQ113} name an interpreter to use as it
 * is. Without them, {@code python3 -m venv} and {@code pip} make one below {@code target/python} at
 * the root of the build, once; the system property {@code vedfolnir.python.dir} names another
 * folder. A machine where this does not work lacks {@link Requirement#PYTHON}.
 *
 * @param python the interpreter
 * @param rqVersion the version of RQ it imports, such as {@code 2.12.0}
 */
public record PythonEnvironment(Path python, String rqVersion) {
  private static final Map<String, PythonEnvironment> FOUND = new ConcurrentHashMap<>();

  /**
   * The environment for a line of RQ.
   *
   * @param line {@code "2"} (RQ 2.12.0), {@code "1.16"} (RQ 1.16.2) or {@code "1.13"} (RQ 1.13.0,
   *     as in Debian 12; it wants {@code redis==4.3.4} as another package)
   * @throws IllegalArgumentException for another line
   * @throws org.opentest4j.TestAbortedException if there is none and {@code VEDFOLNIR_REQUIRE} does
   *     not name python; else an {@link AssertionError}
   */
  public static PythonEnvironment rq(String line) {
    return rq(line, List.of());
  }

  /**
   * The environment for a line of RQ that has more packages, apart from the one without them. An
   * interpreter that is named by an environment variable must have them already.
   *
   * @param packages requirements for {@code pip}, each with its version
   */
  public static PythonEnvironment rq(String line, List<String> packages) {
    RqLine wanted = RqLine.of(line);
    String key = line + packages;
    PythonEnvironment known = FOUND.get(key);
    if (known != null) {
      return known;
    }
    try {
      PythonEnvironment found = find(wanted, packages);
      FOUND.put(key, found);
      return found;
    } catch (IOException e) {
      Requirement.PYTHON.check(false, "RQ " + wanted.pin() + ": " + e.getMessage());
      throw new UncheckedIOException(e);
    }
  }

  private static PythonEnvironment find(RqLine wanted, List<String> packages) throws IOException {
    String named = System.getenv(wanted.variable());
    Path python =
        named != null && !named.isBlank() ? Path.of(named.strip()) : installed(wanted, packages);
    String version =
        Command.run(List.of(python.toString(), "-c", "import rq; print(rq.VERSION)")).strip();
    if (!version.startsWith(wanted.prefix())) {
      throw new IOException(
          wanted.variable() + " has RQ " + version + ", wanted is " + wanted.prefix() + "*");
    }
    return new PythonEnvironment(python, version);
  }

  private static Path installed(RqLine wanted, List<String> packages) throws IOException {
    String folder = "rq-" + wanted.pin();
    List<String> requirements = new ArrayList<>(List.of("rq==" + wanted.pin()));
    for (String requirement : packages) {
      folder += "-" + requirement.replaceAll("[^A-Za-z0-9.]+", "-");
      requirements.add(requirement);
    }
    return VirtualEnvironment.inFolder(folder().resolve(folder)).with(requirements);
  }

  /** One place for all modules of a build: below the outermost folder that has a pom. */
  private static Path folder() {
    String named = System.getProperty("vedfolnir.python.dir");
    if (named != null) {
      return Path.of(named);
    }
    Path root = Path.of("").toAbsolutePath();
    Path parent = root.getParent();
    while (parent != null && Files.exists(parent.resolve("pom.xml"))) {
      root = parent;
      parent = root.getParent();
    }
    return root.resolve("target").resolve("python");
  }

  /**
   * A process that runs this interpreter, ready to start; its errors go where this JVM's go.
   *
   * @param arguments such as {@code -m rq.cli worker default}, one word each
   */
  public ProcessBuilder command(String... arguments) {
    List<String> words = new ArrayList<>(List.of(python.toString()));
    words.addAll(List.of(arguments));
    ProcessBuilder process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT);
    process.environment().put("PYTHONUNBUFFERED", "1");
    process.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    return process;
  }

  /**
   * Runs a program text to its end.
   *
   * @return what it printed
   * @throws IOException if it ends with another exit code than 0; with what it printed
   */
  public String run(String program, String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of(python.toString(), "-c", program));
    words.addAll(List.of(arguments));
    return Command.run(words);
  }
}
