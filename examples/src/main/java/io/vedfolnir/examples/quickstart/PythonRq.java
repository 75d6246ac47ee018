// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.quickstart;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A Python interpreter of this machine that can import RQ 2. */
final class PythonRq {

  private static final String FUNCTIONS =
      """
      def add(a, b):
          return a + b
      """;

  private final String python;
  private final String version;

  private PythonRq(String python, String version) {
    this.python = python;
    this.version = version;
  }

  /** One that is there; nothing is installed. */
  static Optional<PythonRq> find() throws IOException, InterruptedException {
    String named = System.getenv("VEDFOLNIR_PYTHON_RQ2");
    String python = named == null || named.isBlank() ? "python3" : named.strip();
    Process process;
    try {
      process =
          new ProcessBuilder(python, "-c", "import rq; print(rq.VERSION)")
              .redirectError(Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return Optional.empty();
    }
    String version =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    boolean usable = process.waitFor() == 0 && version.startsWith("2.");
    return usable ? Optional.of(new PythonRq(python, version)) : Optional.empty();
  }

  String description() {
    return "RQ " + version;
  }

  /** Runs what is in the queue, and ends. The password travels in the environment only. */
  void work(String uri, String queue) throws IOException, InterruptedException {
    Path dir = Files.createTempDirectory("vedfolnir-quickstart");
    Path module = Files.writeString(dir.resolve("examples.py"), FUNCTIONS);
    try {
      ProcessBuilder worker =
          new ProcessBuilder(List.of(python, "-m", "rq.cli", "worker", "--burst", "--quiet", queue))
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD);
      worker.environment().put("RQ_REDIS_URL", uri);
      worker.environment().put("PYTHONPATH", dir.toString());
      worker.environment().put("PYTHONDONTWRITEBYTECODE", "1");
      Process process = worker.start();
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          throw new IOException("the Python worker did not end within 10 s");
        }
      } finally {
        process.destroyForcibly();
      }
    } finally {
      Files.delete(module);
      Files.delete(dir);
    }
  }
}
