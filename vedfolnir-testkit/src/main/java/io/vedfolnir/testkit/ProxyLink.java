// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import io.vedfolnir.testkit.ArmedFault.Strike;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** One client's connection through the proxy: a pump for requests, a pump for replies. */
final class ProxyLink {
  private static final int CHUNK = 64 * 1024;

  private final Socket client;
  private final Socket server = new Socket();
  private final RedisEndpoint target;
  private final Conditions conditions;
  private final ArmedFaults armed;
  private final Consumer<ProxyLink> whenClosed;
  private final RepliesDue replies = new RepliesDue();
  private volatile boolean deaf;

  ProxyLink(
      Socket client,
      RedisEndpoint target,
      Conditions conditions,
      ArmedFaults armed,
      Consumer<ProxyLink> whenClosed) {
    this.client = client;
    this.target = target;
    this.conditions = conditions;
    this.armed = armed;
    this.whenClosed = whenClosed;
    this.deaf = conditions.isHalfOpen();
  }

  /** Pumps requests on this thread and replies on another one, until either side ends. */
  void run(ExecutorService threads) {
    try {
      client.setTcpNoDelay(true);
      if (!deaf) {
        conditions.pass(0);
        server.setTcpNoDelay(true);
        server.connect(
            new InetSocketAddress(InetAddress.getAllByName(target.host())[0], target.port()));
        threads.execute(this::pumpReplies);
      }
      pumpRequests();
    } catch (IOException | RejectedExecutionException e) {
      // The other side of the broken connection learns it by the close below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  private void pumpRequests() throws IOException, InterruptedException {
    InputStream in = client.getInputStream();
    byte[] chunk = new byte[CHUNK];
    RespFramer framer = new RespFramer();
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    ByteArrayOutputStream ready = new ByteArrayOutputStream();
    int read = in.read(chunk, 0, conditions.chunk(CHUNK));
    while (read >= 0) {
      conditions.pass(read);
      for (int i = 0; i < read; i++) {
        request.write(chunk[i]);
        if (framer.next(chunk[i]) == RespFramer.Step.END) {
          admit(request.toByteArray(), ready);
          request.reset();
        }
      }
      send(ready);
      read = in.read(chunk, 0, conditions.chunk(CHUNK));
    }
    conditions.pass(0);
  }

  /** Puts a complete request among those ready to go, unless a fault says otherwise. */
  private void admit(byte[] request, ByteArrayOutputStream ready)
      throws IOException, InterruptedException {
    Optional<ArmedFault> fault =
        armed.isEmpty() ? Optional.empty() : armed.take(RequestWords.of(request));
    if (fault.isPresent()) {
      send(ready);
      strike(fault.get());
    }
    replies.expect();
    ready.writeBytes(request);
  }

  private void strike(ArmedFault fault) throws IOException, InterruptedException {
    if (fault.strike() instanceof Strike.InsideReply) {
      replies.strikeNext(fault);
      return;
    }
    if (fault.strike() instanceof Strike.Meanwhile meanwhile) {
      run(meanwhile.action());
      fault.markFired();
      fault.markDone();
      return;
    }
    replies.awaitAll();
    fault.markFired();
    close();
    fault.markDone();
    throw new IOException("cut before the request");
  }

  private static void run(Runnable action) throws IOException {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      throw new IOException("the action before the request failed", e);
    }
  }

  private void send(ByteArrayOutputStream ready) throws IOException {
    if (ready.size() > 0 && !deaf) {
      OutputStream out = server.getOutputStream();
      ready.writeTo(out);
      out.flush();
    }
    ready.reset();
  }

  private void pumpReplies() {
    byte[] chunk = new byte[CHUNK];
    try {
      InputStream in = server.getInputStream();
      OutputStream out = client.getOutputStream();
      int read = in.read(chunk, 0, conditions.chunk(CHUNK));
      while (read >= 0) {
        conditions.pass(read);
        int passes = replies.take(chunk, read);
        if (!deaf) {
          out.write(chunk, 0, passes);
          out.flush();
        }
        if (replies.isStruck()) {
          close();
          replies.markDone();
          return;
        }
        replies.announce();
        read = in.read(chunk, 0, conditions.chunk(CHUNK));
      }
      conditions.pass(0);
    } catch (IOException e) {
      // The other side of the broken connection learns it by the close below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!deaf) {
        close();
      }
    }
  }

  /** From now on both sides talk into the void. */
  void deafen() {
    deaf = true;
  }

  /** Ends both sides with RST. */
  void reset() {
    try {
      client.setSoLinger(true, 0);
    } catch (IOException e) {
      // Closed meanwhile.
    }
    close();
  }

  void close() {
    closeQuietly(client);
    closeQuietly(server);
    replies.announceEnd();
    whenClosed.accept(this);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing is left to be done for it.
    }
  }
}
