// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit.python;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** A Python virtual environment that is made once and shared by all processes of a build. */
record VirtualEnvironment(Path folder) {
  private static final Object ONE_THREAD = new Object();

  static VirtualEnvironment inFolder(Path folder) {
    return new VirtualEnvironment(folder);
  }

  /** The interpreter, with these requirements installed. */
  Path with(List<String> requirements) throws IOException {
    Path parent = Files.createDirectories(folder.toAbsolutePath().getParent());
    Path lock = parent.resolve(folder.getFileName() + ".lock");
    // A file lock holds between processes; threads of one JVM would trip over it.
    synchronized (ONE_THREAD) {
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        if (held.isValid() && !Files.exists(complete())) {
          make(requirements);
        }
      }
    }
    return python();
  }

  private void make(List<String> requirements) throws IOException {
    Command.run(List.of("python3", "-m", "venv", "--clear", folder.toString()));
    List<String> install =
        new ArrayList<>(
            List.of(
                python().toString(),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check"));
    install.addAll(requirements);
    Command.run(install);
    // Last: a half-made environment is made anew.
    Files.createFile(complete());
  }

  private Path python() {
    return folder.resolve("bin").resolve("python");
  }

  private Path complete() {
    return folder.resolve("complete");
  }
}
