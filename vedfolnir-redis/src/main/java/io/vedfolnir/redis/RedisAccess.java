// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's way to one Redis: what session stores, queues and workers are opened on.
 *
 * <p>Thread-safe; open one for each Redis user and share it. Applications only open and close it:
 * the methods that send commands are for the stores, and for those who build beside them. Every
 * failure is a {@link RedisAccessException}. Futures complete on a network thread: do not block
 * there.
 *
 * <p>Closing ends the connections and threads that were made here, and nothing else.
 */
public final class RedisAccess implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RedisAccess.class);

  private final RedisSettings settings;
  private final Connector connector;
  private final SharedConnection shared;
  private final SharedConnection unwatched;
  private final TransactionPool pool;
  private final ThreadPoolExecutor decisions;
  private final Transactions transactions;
  private final RedisClock clock = new RedisClock();
  private final ScheduledFuture<?> keepAlive;

  private RedisAccess(RedisSettings settings, Connector connector) {
    this.settings = settings;
    this.connector = connector;
    this.shared = connector.shared();
    RedisVersion.require(await(read(commands -> commands.info("server"))));
    this.unwatched = connector.shared();
    this.pool = new TransactionPool(connector::onceOnly, settings.transactionConnections());
    this.decisions = decisions(settings.transactionConnections());
    this.transactions =
        new Transactions(unwatched, pool, decisions, connector.resources().eventExecutorGroup());
    await(readClock());
    this.keepAlive =
        connector
            .resources()
            .eventExecutorGroup()
            .scheduleAtFixedRate(
                this::ping,
                settings.keepAlive().toMillis(),
                settings.keepAlive().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  /**
   * Connects to Redis 7 or newer.
   *
   * @throws RedisAccessException.Unreachable if there is no answer
   * @throws RedisAccessException.Denied if user or password are refused, or the file with the
   *     password cannot be read
   * @throws RedisAccessException.Unsupported if the server is older than Redis 7.0
   */
  public static RedisAccess open(RedisSettings settings) {
    checkSecret(settings);
    return open(settings, Connector.owning(settings));
  }

  /**
   * Connects with the threads of a Lettuce client that the application already has. The client
   * itself is not used for connections, since its options may replay writes, and it is never closed
   * here.
   *
   * @throws RedisAccessException as {@link #open(RedisSettings)}
   */
  public static RedisAccess using(RedisClient client, RedisSettings settings) {
    checkSecret(settings);
    return open(settings, Connector.over(client, settings));
  }

  private static RedisAccess open(RedisSettings settings, Connector connector) {
    try {
      return new RedisAccess(settings, connector);
    } catch (RuntimeException e) {
      connector.close();
      throw e;
    }
  }

  /**
   * A thread for each connection that may wait for a decision. Not the common pool: on a machine
   * with two processors it starts a new thread for each task of a future.
   */
  private static ThreadPoolExecutor decisions(int threads) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "vedfolnir-redis-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            },
            (task, closed) -> task.run()); // what ends after the close is still told
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /** Lettuce would only say that the connection ended. */
  private static void checkSecret(RedisSettings settings) {
    try {
      settings.secret().read();
    } catch (UncheckedIOException e) {
      throw new RedisAccessException.Denied(String.valueOf(e.getMessage()), "SECRET_UNREADABLE", e);
    }
  }

  /** The settings this was opened with. */
  public RedisSettings settings() {
    return settings;
  }

  /** The server's clock. */
  public RedisClock clock() {
    return clock;
  }

  /**
   * Sends one command that changes something, on the shared connection. It must not block.
   *
   * @return its reply; {@link RedisAccessException.OutcomeUnknown} if the reply was lost
   */
  public <T> CompletionStage<T> call(
      Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> command) {
    return mapped(() -> shared.send(command), Failures::ofWrite);
  }

  /**
   * Sends one command that changes nothing, on the shared connection.
   *
   * @return its reply; {@link RedisAccessException.Unreachable} if the reply was lost
   */
  public <T> CompletionStage<T> read(
      Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> command) {
    return mapped(() -> shared.send(command), Failures::ofRead);
  }

  /**
   * Sends several commands in one write and one round trip, without a transaction: others may come
   * in between on the server.
   *
   * @param commands sends them and combines their futures; it must not wait for one of them
   */
  public <T> CompletionStage<T> together(
      Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> commands) {
    return mapped(() -> batched(commands), Failures::ofWrite);
  }

  /**
   * Sends several commands that change nothing, as {@link #together} does.
   *
   * @return {@link RedisAccessException.Unreachable} if a reply was lost
   */
  public <T> CompletionStage<T> readTogether(
      Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> commands) {
    // No batch needed: they leave in one flush anyway, and it does not matter what comes between.
    return mapped(() -> shared.send(commands), Failures::ofRead);
  }

  /**
   * Runs {@code MULTI … EXEC} without watching anything, in one round trip.
   *
   * @param commands queues the commands; their replies are in the {@link TransactionReply}, in
   *     order. A command may fail there while the others happened
   */
  public CompletionStage<TransactionReply> transact(
      Consumer<RedisAsyncCommands<String, byte[]>> commands) {
    return transactions.unwatched(commands);
  }

  /**
   * Runs a transaction that goes through only if nobody changed its keys meanwhile; two round trips
   * for each try.
   *
   * @return the result; {@link WatchConflictException} if all tries were lost; whatever the
   *     decision threw
   */
  public <R, T> CompletionStage<T> watched(WatchedTransaction<R, T> transaction) {
    return transactions.watched(transaction);
  }

  /**
   * Opens a connection of one's own.
   *
   * @param longestBlock the longest time that a command on it will block; the command timeout is
   *     added to it
   * @throws RedisAccessException if it cannot be opened
   */
  public DedicatedConnection dedicate(Duration longestBlock) {
    return new DedicatedConnection(
        Connector.connected(connector.onceOnly()), longestBlock, settings.commandTimeout());
  }

  /**
   * Subscribes to channels on a connection of its own.
   *
   * @param listener gets channel and message, on a network thread: it must hand long work on. What
   *     it throws is logged and does not end the subscription
   * @throws RedisAccessException if it cannot be opened, or the user may not read a channel
   */
  public Subscription subscribe(List<String> channels, BiConsumer<String, byte[]> listener) {
    var connection = Connector.connected(connector.pubSub());
    connection.addListener(
        new RedisPubSubAdapter<>() {
          @Override
          public void message(String channel, byte[] message) {
            try {
              listener.accept(channel, message);
            } catch (RuntimeException e) {
              log.warn("a listener of Redis messages failed", e);
            }
          }
        });
    try {
      await(
          mapped(
              () -> connection.async().subscribe(channels.toArray(String[]::new)),
              Failures::ofRead));
      return new Subscription(connection);
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Opens a near cache: values that are read again without a round trip until they change.
   *
   * @param decode makes a value of a key and its bytes; what it throws fails that one read
   * @param maxEntries most values that are kept; the least recently used goes. 1 to 10,000,000
   */
  public <V> NearCache<V> nearCache(BiFunction<String, byte[], V> decode, int maxEntries) {
    return new NearCache<>(this, connector, decode, maxEntries);
  }

  /** How Redis is doing, asked now; never throws. */
  public RedisHealth health() {
    return RedisHealth.of(this);
  }

  /**
   * Checks that the server is what sessions and jobs need.
   *
   * @param keyPrefix where a short-lived test key may be written, with the rights of this user;
   *     such as {@code vedfolnir:{session}:}
   */
  public Preflight preflight(String keyPrefix) {
    return Preflight.of(this, keyPrefix);
  }

  /**
   * Waits for a stage and throws what it failed with, never a wrapper: the bridge from the
   * asynchronous to the blocking methods. Must not be called on a network thread.
   *
   * <p>It needs no timeout of its own, since every command has one.
   */
  public static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** Ends all connections; commands in flight fail. */
  @Override
  public void close() {
    keepAlive.cancel(false);
    pool.close();
    connector.close();
    decisions.shutdown(); // after the connections: what was under way still ends, with a failure
  }

  static <T> CompletionStage<T> mapped(
      Supplier<? extends CompletionStage<T>> call, Function<Throwable, RuntimeException> meaning) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      call.get()
          .whenComplete(
              (value, failure) -> {
                if (failure == null) {
                  result.complete(value);
                } else {
                  result.completeExceptionally(meaning.apply(failure));
                }
              });
    } catch (RuntimeException e) {
      result.completeExceptionally(meaning.apply(e));
    }
    return result;
  }

  private <T> CompletionStage<T> batched(
      Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> commands) {
    Batch batch = new Batch(Connector.CODEC);
    CompletionStage<T> combined = commands.apply(batch.commands());
    shared.send(batch);
    return combined;
  }

  private void ping() {
    readClock()
        .thenCombine(
            mapped(() -> unwatched.send(RedisAsyncCommands::ping), Failures::ofRead),
            (time, pong) -> pong)
        .whenComplete(
            (pong, failure) -> {
              if (failure != null) {
                log.debug("keep-alive not answered: {}", failure.getMessage());
              }
            });
  }

  private CompletionStage<Void> readClock() {
    long sent = System.nanoTime();
    return read(RedisAsyncCommands::time)
        .thenAccept(
            time -> {
              long seconds = Long.parseLong(text(time.get(0)));
              long micros = Long.parseLong(text(time.get(1)));
              clock.set(Instant.ofEpochSecond(seconds, micros * 1_000), sent, System.nanoTime());
            });
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.US_ASCII);
  }
}
