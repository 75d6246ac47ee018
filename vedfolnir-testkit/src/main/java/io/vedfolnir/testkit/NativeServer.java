// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A {@code redis-server} process on this machine, in a directory of its own. */
final class NativeServer implements ServerHost {
  private static final Duration READY_WITHIN = Duration.ofSeconds(20);
  private static final int LOG_TAIL_BYTES = 256 * 1024;

  private final RedisEndpoint endpoint;
  private final WorkDirectory directory;
  private final Path program;
  private @Nullable Process process;
  private @Nullable Watchdog watchdog;

  NativeServer(RedisEndpoint endpoint, WorkDirectory directory, Path program) {
    this.endpoint = endpoint;
    this.directory = directory;
    this.program = program;
  }

  @Override
  public RedisEndpoint endpoint() {
    return endpoint;
  }

  @Override
  public void start() {
    File log = directory.file("redis.log").toFile();
    ProcessBuilder command =
        new ProcessBuilder(program.toString(), directory.file("redis.conf").toString())
            .directory(directory.file("data").toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    try {
      process = command.start();
      process.getOutputStream().close();
      watchdog = Watchdog.over(process, directory.file(""));
    } catch (IOException e) {
      throw new RedisStartException("cannot run " + program + ": " + e.getMessage(), e);
    }
    LiveServers.add(this);
    awaitReady(process);
  }

  private void awaitReady(Process started) {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    try {
      while (!ReadyProbe.answers(endpoint)) {
        if (started.waitFor(3, MILLISECONDS)) {
          throw new RedisStartException(
              "redis-server ended with exit code " + started.exitValue() + ":\n" + lastWords());
        }
        if (System.nanoTime() > deadline) {
          throw new RedisStartException(
              "redis-server was not ready after " + READY_WITHIN + ":\n" + lastWords());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RedisStartException("interrupted while redis-server started", e);
    } catch (IOException e) {
      throw new RedisStartException(
          "redis-server refuses the testkit: " + e.getMessage() + "\n" + lastWords(), e);
    }
  }

  private String lastWords() {
    String[] lines = log().strip().split("\n", -1);
    int from = Math.max(0, lines.length - 20);
    return String.join("\n", Arrays.asList(lines).subList(from, lines.length));
  }

  @Override
  public void pause() {
    signal("STOP");
  }

  @Override
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    Process target = process;
    if (target == null || !target.isAlive()) {
      throw new IllegalStateException("the server is not running; restart() it first");
    }
    try {
      // The shell's own kill: small images have no program of that name.
      Process kill =
          new ProcessBuilder("sh", "-c", "kill -" + name + " " + target.pid())
              .redirectErrorStream(true)
              .start();
      String words = new String(kill.getInputStream().readAllBytes(), UTF_8);
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill -" + name + " failed: " + words.strip());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while signalling the server", e);
    }
  }

  @Override
  public void kill() {
    Process target = process;
    dismissWatchdog();
    if (target != null) {
      target.destroyForcibly();
      awaitEnd(target);
    }
  }

  @Override
  public void stop() {
    Process target = process;
    dismissWatchdog();
    if (target != null && target.isAlive()) {
      target.destroy();
      awaitEnd(target);
    }
  }

  /** Before the server ends: the watchdog must not outlive the process that it would kill. */
  private void dismissWatchdog() {
    if (watchdog != null) {
      watchdog.close();
      watchdog = null;
    }
  }

  private static void awaitEnd(Process target) {
    try {
      if (!target.waitFor(20, SECONDS)) {
        throw new IllegalStateException("redis-server did not end within 20 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while redis-server ended", e);
    }
  }

  @Override
  public String log() {
    try (RandomAccessFile file = new RandomAccessFile(directory.file("redis.log").toFile(), "r")) {
      long from = Math.max(0, file.length() - LOG_TAIL_BYTES);
      byte[] tail = new byte[Math.toIntExact(file.length() - from)];
      file.seek(from);
      file.readFully(tail);
      return new String(tail, UTF_8);
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  @Override
  public void close() {
    try {
      kill();
    } finally {
      LiveServers.remove(this);
      directory.close();
    }
  }
}
