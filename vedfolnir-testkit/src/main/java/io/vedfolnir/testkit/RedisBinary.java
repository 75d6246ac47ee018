// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds a {@code redis-server} program: on {@code PATH}, or the one in embedded-redis's jar. */
final class RedisBinary {
  private static final Pattern VERSION = Pattern.compile("v=((\\d+)\\.[0-9.]+)");
  private static final String BUNDLED_VERSION = "7.0.15";

  private RedisBinary() {}

  /** The first {@code redis-server} on {@code PATH} that is 7.0 or newer. */
  static Optional<Path> onPath() {
    String path = System.getenv("PATH");
    return Stream.of(path == null ? new String[0] : path.split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "redis-server"))
        .filter(Files::isExecutable)
        .filter(RedisBinary::isNewEnough)
        .findFirst();
  }

  private static boolean isNewEnough(Path program) {
    try {
      Process process =
          new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
      process.getOutputStream().close();
      Matcher version = VERSION.matcher(new String(process.getInputStream().readAllBytes(), UTF_8));
      return version.find() && Integer.parseInt(version.group(2)) >= 7;
    } catch (IOException e) {
      // A file that cannot be run is no server.
      return false;
    }
  }

  /** The resource that holds the bundled server for this machine, if there is one. */
  static Optional<String> bundledResource() {
    return bundledResource(System.getProperty("os.name"), System.getProperty("os.arch"))
        .filter(name -> RedisBinary.class.getResource("/" + name) != null);
  }

  static Optional<String> bundledResource(String osName, String osArch) {
    String os = osName.toLowerCase(Locale.ROOT);
    String system = os.contains("linux") ? "linux" : os.contains("mac") ? "darwin" : "";
    String machine =
        switch (osArch.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64" -> "amd64";
          case "aarch64", "arm64" -> "arm64";
          default -> "";
        };
    return system.isEmpty() || machine.isEmpty()
        ? Optional.empty()
        : Optional.of("redis-server-" + BUNDLED_VERSION + "-" + system + "-" + machine);
  }

  /** Writes the bundled server to a file and makes it executable. */
  static void extract(String resource, Path target) {
    try (InputStream in = RedisBinary.class.getResourceAsStream("/" + resource)) {
      if (in == null) {
        throw new IllegalStateException("org.signal:embedded-redis lacks " + resource);
      }
      Files.copy(in, target);
      if (!target.toFile().setExecutable(true)) {
        throw new IOException("cannot make " + target + " executable");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What to tell somebody whose machine has no server. */
  static String advice() {
    return "no Redis for "
        + System.getProperty("os.name")
        + " on "
        + System.getProperty("os.arch")
        + ": install redis-server 7.0 or newer and put it on PATH (on Windows: in WSL), or start a"
        + " container engine and set "
        + Settings.MODE
        + "=docker, or set "
        + Settings.URI
        + "=redis://host:port";
  }
}
