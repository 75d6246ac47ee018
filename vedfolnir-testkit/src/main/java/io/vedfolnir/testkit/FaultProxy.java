// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy between a client and Redis that makes the network go wrong. Thread-safe.
 *
 * <p>Standing faults hold for all connections until {@link #heal()}: {@link #delay}, {@link
 * #throttle}, {@link #partition}, {@link #halfOpen}, {@link #refuse}. {@link #reset()} strikes
 * once. An armed fault strikes one request, found by its text, and the connection it came on:
 *
 * <pre>{@code
 * ArmedFault lost = proxy.on("EXEC").dropReply();     // executed, and the client never learns
 * ArmedFault never = proxy.on(3, "RPUSH").cutBeforeRequest();
 * }</pre>
 *
 * <p>The proxy counts one reply per request, so armed faults do not suit connections that subscribe
 * under RESP 2 or monitor. It takes at most 512 connections at a time, two threads each.
 */
public final class FaultProxy implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 512;
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final AtomicInteger COUNTER = new AtomicInteger();

  private final String name;
  private final RedisEndpoint target;
  private final RedisEndpoint endpoint;
  private final Conditions conditions = new Conditions();
  private final ArmedFaults armed = new ArmedFaults();
  private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads;
  private ServerSocket listener;
  private Future<?> accepting = CompletableFuture.completedFuture(null);
  private boolean closed;

  private FaultProxy(RedisEndpoint target) {
    this.name = "vedfolnir-proxy-" + COUNTER.incrementAndGet();
    this.target = target;
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    this.listener = listen(0);
    this.endpoint = target.withAddress("127.0.0.1", listener.getLocalPort());
  }

  /** Opens a proxy on a free port of 127.0.0.1 in front of that server. */
  public static FaultProxy to(RedisEndpoint target) {
    return new FaultProxy(target);
  }

  /** Where clients connect; users and passwords are the server's. */
  public RedisEndpoint endpoint() {
    return endpoint;
  }

  /** What its threads are called. */
  String name() {
    return name;
  }

  /** How many client connections are open now. */
  public int connections() {
    return links.size();
  }

  /** Holds what arrives, in each direction, for this long; so a round trip takes twice as long. */
  public void delay(Duration latency) {
    if (latency.isNegative()) {
      throw new IllegalArgumentException("the delay must not be negative but is " + latency);
    }
    conditions.delay(latency);
  }

  /** Lets at most so many bytes a second pass, per connection and direction. */
  public void throttle(int bytesPerSecond) {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException("the rate must be at least 1 but is " + bytesPerSecond);
    }
    conditions.throttle(bytesPerSecond);
  }

  /**
   * Nothing passes and nothing is closed; {@link #heal()} delivers what was held, as TCP does after
   * a broken cable. New connections are taken and wait.
   */
  public void partition() {
    conditions.partition();
  }

  /**
   * The peer is gone without a word: present and new connections stay open, and what is sent on
   * them is lost for good. {@link #heal()} helps new connections only.
   */
  public void halfOpen() {
    conditions.halfOpen();
    links.forEach(ProxyLink::deafen);
  }

  /** Nobody listens any more: present connections are reset, new ones refused. */
  public void refuse() {
    Future<?> acceptor;
    synchronized (this) {
      close(listener);
      acceptor = accepting;
    }
    // The system keeps the port open for as long as the acceptor is inside accept. Not waited for
    // under the lock, which the acceptor may want for a client it has just taken.
    join(acceptor);
    reset();
  }

  /** Resets every present connection (RST instead of FIN). */
  public void reset() {
    links.forEach(ProxyLink::reset);
  }

  /** Ends every standing fault and disarms the armed ones. */
  public synchronized void heal() {
    requireOpen();
    armed.clear();
    conditions.heal();
    if (listener.isClosed()) {
      listener = listen(endpoint.port());
    }
  }

  /** Chooses the next request that contains a text: {@link #on(int, String)} with 1. */
  public FaultTrigger on(String text) {
    return on(1, text);
  }

  /**
   * Chooses the request to strike, counted from now over all connections. A request that one fault
   * strikes is not counted by those armed later.
   *
   * @param nth 1 for the next request that contains the text, 2 for the one after it
   * @param text part of the request's words joined by single spaces, as the client writes them:
   *     {@code EXEC}, {@code "SET vedfolnir:session:"}
   */
  public FaultTrigger on(int nth, String text) {
    if (nth < 1 || text.isEmpty()) {
      throw new IllegalArgumentException("choose the 1st or a later request, and some text");
    }
    return new FaultTrigger(armed, nth, text);
  }

  private ServerSocket listen(int port) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), 128);
      accepting = threads.submit(() -> accept(socket));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException("the proxy cannot listen on port " + port, e);
    }
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        take(socket.accept());
      } catch (IOException e) {
        if (!socket.isClosed()) {
          close(socket);
        }
      }
    }
  }

  private synchronized void take(Socket client) throws IOException {
    if (closed || links.size() >= MAX_CONNECTIONS) {
      client.close();
      return;
    }
    ProxyLink link = new ProxyLink(client, target, conditions, armed, links::remove);
    links.add(link);
    threads.execute(() -> link.run(threads));
  }

  private static void join(Future<?> task) {
    try {
      task.get(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the proxy's port did not close", e);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the proxy is closed");
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes the port, every connection and every thread; a second call does nothing. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      close(listener);
      links.forEach(ProxyLink::close);
      threads.shutdownNow();
    }
    try {
      // Not under the lock: the acceptor may wait for it.
      if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the proxy's threads did not end within 5 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
