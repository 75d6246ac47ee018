// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection that many threads write to, with one system call for all that they write at the same
 * moment.
 *
 * <p>Lettuce flushes each command by itself, which costs more than the command. Here a command is
 * put in line, and the network thread is asked to flush the line unless it has been asked already
 * and has not begun. A command alone is as fast as before: it had to wake the network thread
 * anyway.
 */
final class SharedConnection {

  private final StatefulRedisConnection<String, byte[]> connection;
  private final NetworkThread network;
  private final int mostWaiting;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicBoolean asked = new AtomicBoolean();

  /**
   * Takes a connection over.
   *
   * @param mostWaiting most commands that may wait for a reply
   */
  SharedConnection(
      StatefulRedisConnection<String, byte[]> connection, NetworkThread network, int mostWaiting) {
    this.connection = connection;
    this.network = network;
    this.mostWaiting = mostWaiting;
    connection.setAutoFlushCommands(false);
  }

  /** Sends what the function makes: one command, or a few of which the last one answers for all. */
  <T> CompletionStage<T> send(
      Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> command) {
    enter(1);
    CompletionStage<T> reply;
    try {
      reply = command.apply(connection.async());
    } catch (RuntimeException e) {
      waiting.decrementAndGet();
      throw e;
    }
    leaveWith(reply, 1);
    askForFlush();
    return reply;
  }

  /** Sends a batch. */
  void send(Batch batch) {
    enter(batch.size());
    batch.dispatch(connection);
    leaveWith(batch.lastReply(), batch.size());
    askForFlush();
  }

  // Lettuce has a bound as well, but what is in line does not count there until it is flushed.
  private void enter(int commands) {
    if (waiting.addAndGet(commands) > mostWaiting) {
      waiting.addAndGet(-commands);
      throw Failures.queueFull(null);
    }
  }

  private void leaveWith(CompletionStage<?> lastReply, int commands) {
    lastReply.whenComplete((reply, failure) -> waiting.addAndGet(-commands));
  }

  private void askForFlush() {
    EventLoop loop = network.loop();
    if (loop == null || !asked.compareAndSet(false, true)) {
      return;
    }
    try {
      loop.execute(this::flush);
    } catch (RejectedExecutionException e) {
      flush(); // the application has ended its threads: the commands fail here instead of waiting
    }
  }

  private void flush() {
    // In this order: a command that comes in between is flushed once too often, never too rarely.
    asked.set(false);
    connection.flushCommands();
  }

  /** Learns which network thread serves a connection, also after it was made again. */
  static final class NetworkThread implements NettyCustomizer {

    private final NettyCustomizer applications;
    private final AtomicReference<@Nullable EventLoop> loop = new AtomicReference<>();

    NetworkThread(NettyCustomizer applications) {
      this.applications = applications;
    }

    @Override
    public void afterBootstrapInitialized(Bootstrap bootstrap) {
      applications.afterBootstrapInitialized(bootstrap);
    }

    @Override
    public void afterChannelInitialized(Channel channel) {
      applications.afterChannelInitialized(channel);
      loop.set(channel.eventLoop());
    }

    /** The same resources, but with this customizer. A mutated copy would want to be shut down. */
    ClientResources in(ClientResources resources) {
      return (ClientResources)
          Proxy.newProxyInstance(
              ClientResources.class.getClassLoader(),
              new Class<?>[] {ClientResources.class},
              (proxy, method, arguments) ->
                  method.getName().equals("nettyCustomizer")
                      ? this
                      : method.invoke(resources, arguments));
    }

    @Nullable EventLoop loop() {
      return loop.get();
    }
  }
}
