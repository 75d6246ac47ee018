// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Starts a {@code redis-server} process: the machine's or the bundled one. */
final class NativeStart {
  private static final int PORTS_TO_TRY = 5;
  private static final String HOST = "127.0.0.1";
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final RedisMode mode;
  private final @Nullable Path program;
  private final Map<String, String> overrides;

  /**
   * Finds the program.
   *
   * @param pinned {@link RedisMode#PATH}, {@link RedisMode#BUNDLED}, or null for the first at hand
   */
  NativeStart(@Nullable RedisMode pinned, Map<String, String> overrides) {
    Optional<Path> onPath = pinned == RedisMode.BUNDLED ? Optional.empty() : RedisBinary.onPath();
    if (pinned == RedisMode.PATH && onPath.isEmpty()) {
      throw new RedisStartException(
          "PATH has no redis-server 7.0 or newer, and this is pinned; install one, or unset "
              + Settings.MODE);
    }
    this.mode = onPath.isPresent() ? RedisMode.PATH : RedisMode.BUNDLED;
    this.program = onPath.orElse(null);
    this.overrides = overrides;
  }

  RedisServer start() {
    for (int attempt = 1; ; attempt++) {
      try {
        return start(freePort());
      } catch (RedisStartException e) {
        if (attempt == PORTS_TO_TRY || !lostThePort(e)) {
          throw e;
        }
      }
    }
  }

  /** Somebody took the port between our look and the server's bind. */
  private static boolean lostThePort(RedisStartException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("Address already in use") || message.contains("refuses the testkit");
  }

  private RedisServer start(int port) {
    WorkDirectory directory = WorkDirectory.create();
    NativeServer host = null;
    try {
      ServerFiles files = ServerFiles.generate();
      List<String> printed = write(files, directory, port);
      host = new NativeServer(files.endpoint(HOST, port), directory, program(directory));
      host.start();
      return RedisServer.of(host, mode, printed);
    } catch (RuntimeException e) {
      if (host == null) {
        directory.close();
      } else {
        host.close();
      }
      throw e;
    }
  }

  private Path program(WorkDirectory directory) {
    if (program != null) {
      return program;
    }
    String resource =
        RedisBinary.bundledResource()
            .orElseThrow(() -> new RedisStartException(RedisBinary.advice()));
    Path target = directory.file("redis-server");
    RedisBinary.extract(resource, target);
    return target;
  }

  private List<String> write(ServerFiles files, WorkDirectory directory, int port) {
    directory.write("users.acl", files.users());
    directory.write("renamed-commands.conf", files.renamedCommands());
    List<String> printed = new ArrayList<>();
    printed.add("bind " + HOST);
    printed.add("port " + port);
    printed.add("dir, aclfile, include: in " + directory.file(""));
    printed.addAll(ServerFiles.ALWAYS_DIFFERENT);
    RedisConf conf =
        RedisConf.hardened()
            .with("bind", HOST)
            .with("port", Integer.toString(port))
            .with("dir", quoted(directory.file("data")))
            .with("aclfile", quoted(directory.file("users.acl")))
            .with("include", quoted(directory.file("renamed-commands.conf")));
    directory.write("redis.conf", ServerFiles.apply(conf, overrides, printed).text());
    return printed;
  }

  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  static int freePort() {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByAddress(LOOPBACK))) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
