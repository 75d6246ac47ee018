// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import static org.awaitility.Awaitility.await;

import io.vedfolnir.testkit.Requirement;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A redis-server that the testkit does not start: an old one, or a Sentinel. */
final class RedisProcess implements AutoCloseable {

  private final Process process;
  private final int port;

  private RedisProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts the program in this class path resource; skips where it cannot run. */
  static RedisProcess start(Path dir, String resource, List<String> configuration)
      throws IOException {
    Requirement.REDIS.check(
        System.getProperty("os.name").startsWith("Linux")
            && System.getProperty("os.arch").equals("amd64"),
        "this program is for Linux on amd64 only");
    Path program = dir.resolve("redis-server");
    try (InputStream in = RedisProcess.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException(resource + " is not on the class path");
      }
      Files.copy(in, program);
    }
    Requirement.REDIS.check(
        program.toFile().setExecutable(true), "the temporary folder does not let programs run");
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    List<String> lines = new ArrayList<>(configuration);
    lines.add("port " + port);
    Path file = Files.write(dir.resolve("redis.conf"), lines);
    List<String> command = new ArrayList<>(List.of(program.toString(), file.toString()));
    if (configuration.stream().anyMatch(line -> line.startsWith("sentinel "))) {
      command.add("--sentinel");
    }
    Process process =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("log").toFile())
            .start();
    await().ignoreExceptions().until(() -> answers(port));
    return new RedisProcess(process, port);
  }

  private static boolean answers(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
