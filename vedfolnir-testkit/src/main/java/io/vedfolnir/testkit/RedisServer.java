// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A running Redis and the means to trouble it. Thread-safe.
 *
 * <p>A server that the environment names ({@link RedisMode#EXTERNAL}) answers the questions, and
 * throws {@link UnsupportedOperationException} for pause, resume, kill and restart.
 */
public final class RedisServer implements AutoCloseable {
  private enum State {
    RUNNING,
    PAUSED,
    DEAD,
    CLOSED
  }

  private final ServerHost host;
  private final RedisMode mode;
  private final String version;
  private final List<String> overrides;
  private final List<FaultProxy> proxies = new ArrayList<>();
  private State state = State.RUNNING;

  private RedisServer(ServerHost host, RedisMode mode, String version, List<String> overrides) {
    this.host = host;
    this.mode = mode;
    this.version = version;
    this.overrides = List.copyOf(overrides);
  }

  static RedisServer of(ServerHost host, RedisMode mode, List<String> overrides) {
    String version = new Inspection(host.endpoint()).version();
    return new RedisServer(host, mode, version, overrides);
  }

  /** Where the server listens; stays the same over restarts. */
  public RedisEndpoint endpoint() {
    return host.endpoint();
  }

  /** Where the server comes from. */
  public RedisMode mode() {
    return mode;
  }

  /** The server's own version, such as {@code 7.0.15}. */
  public String version() {
    return version;
  }

  /** What differs from the production configuration, one directive each; also logged at start. */
  public List<String> overrides() {
    return overrides;
  }

  /** Opens a proxy in front of this server; it is closed with the server at the latest. */
  public synchronized FaultProxy proxy() {
    FaultProxy proxy = FaultProxy.to(endpoint());
    proxies.add(proxy);
    return proxy;
  }

  /**
   * Freezes the server as {@code SIGSTOP} does: connections stay open, new ones are taken by the
   * system, nothing is answered until {@link #resume()}.
   */
  public synchronized void pause() {
    requireNotClosed();
    host.pause();
    state = State.PAUSED;
  }

  /** Freezes the server at once and lets it go on after a while; does not wait for that. */
  public void pause(Duration length) {
    pause();
    CompletableFuture.delayedExecutor(length.toMillis(), MILLISECONDS)
        .execute(this::resumeIfPaused);
  }

  /** Lets a paused server go on. */
  public synchronized void resume() {
    requireNotClosed();
    host.resume();
    state = State.RUNNING;
  }

  private synchronized void resumeIfPaused() {
    if (state == State.PAUSED) {
      resume();
    }
  }

  /** Ends the server as {@code kill -9} does, and returns when it is gone. */
  public synchronized void kill() {
    requireNotClosed();
    host.kill();
    state = State.DEAD;
  }

  /**
   * Starts the server again on its data and port, and returns when it answers. One that still runs
   * is ended in an orderly way first.
   *
   * @throws RedisStartException if it does not come back; with the server's own words
   */
  public synchronized void restart() {
    requireNotClosed();
    if (state == State.PAUSED) {
      host.resume();
    }
    if (state != State.DEAD) {
      host.stop();
      state = State.DEAD;
    }
    host.start();
    state = State.RUNNING;
  }

  /** Ends the server as {@code kill -9} does and starts it again on its data and port. */
  public synchronized void killAndRestart() {
    kill();
    restart();
  }

  /** Resumes or restarts a server that a test has left paused or dead. */
  synchronized void recover() {
    if (state == State.PAUSED) {
      resume();
    } else if (state == State.DEAD) {
      restart();
    }
  }

  /** The last 256 KB of the server's log, over all restarts. */
  public String log() {
    return host.log();
  }

  /**
   * Every directive that the running server knows, by name; secrets are masked as {@code ***}.
   *
   * @throws IOException if the server does not answer within 2 s
   */
  public Map<String, String> effectiveConfiguration() throws IOException {
    return new Inspection(endpoint()).configuration();
  }

  /**
   * The slow log, newest first: {@code 12345 µs SET key …}.
   *
   * @throws IOException if the server does not answer within 2 s
   */
  public List<String> slowLog() throws IOException {
    return new Inspection(endpoint()).slowLog();
  }

  private void requireNotClosed() {
    if (state == State.CLOSED) {
      throw new IllegalStateException("the server is closed");
    }
  }

  /** Ends the server, its proxies and its files; a second call does nothing. */
  @Override
  public synchronized void close() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    proxies.forEach(FaultProxy::close);
    host.close();
  }

  @Override
  public String toString() {
    return "Redis " + version + " (" + mode + ") at " + endpoint();
  }
}
