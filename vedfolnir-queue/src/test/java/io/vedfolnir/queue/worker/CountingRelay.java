// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.Role;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between a client and Redis and counts round trips: how often the client speaks after Redis
 * has answered, on all connections together. A large write is one, in however many pieces it comes.
 */
final class CountingRelay implements AutoCloseable {

  private final RedisEndpoint target;
  private final ServerSocket server;
  private final AtomicLong roundTrips = new AtomicLong();

  CountingRelay(RedisEndpoint target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start("accept", this::accept);
  }

  RedisSettings settings(RedisEndpoint endpoint) {
    return RedisSettings.of(
        endpoint
            .uri(Role.QUEUE)
            .replace(
                endpoint.host() + ":" + endpoint.port(),
                server.getInetAddress().getHostAddress() + ":" + server.getLocalPort()));
  }

  long roundTrips() {
    return roundTrips.get();
  }

  private void accept() throws IOException {
    while (!server.isClosed()) {
      Socket client = server.accept();
      Socket redis = new Socket(target.host(), target.port());
      client.setTcpNoDelay(true);
      redis.setTcpNoDelay(true);
      AtomicBoolean answered = new AtomicBoolean(true);
      start(
          "up",
          () ->
              copy(
                  client,
                  redis,
                  () -> {
                    if (answered.compareAndSet(true, false)) {
                      roundTrips.incrementAndGet();
                    }
                  }));
      start("down", () -> copy(redis, client, () -> answered.set(true)));
    }
  }

  private static void copy(Socket from, Socket to, Runnable seen) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[1 << 20];
      for (int size = in.read(buffer); size >= 0; size = in.read(buffer)) {
        seen.run();
        out.write(buffer, 0, size);
      }
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // an end of a connection is no failure here
              }
            },
            "relay-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
