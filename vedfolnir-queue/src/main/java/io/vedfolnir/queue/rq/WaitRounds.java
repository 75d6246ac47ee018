// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.vedfolnir.redis.DedicatedConnection;
import io.vedfolnir.redis.RedisAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rounds of {@code XREAD BLOCK} over the result streams of all who wait, on one connection, from
 * the first wait until it fails or a whole round passes without one.
 *
 * <p>Who joins while a round blocks ends it by an entry in a stream of our own, which every round
 * reads too: unlike {@code CLIENT UNBLOCK} it cannot come too early. Rounds keep a pause that grows
 * with the number of streams, since Redis looks at each one: thousands of waits then take a small
 * and constant share of the server, and answers come in batches.
 */
final class WaitRounds {

  /** A silent connection is noticed after so long at the latest. */
  private static final Duration LONGEST_BLOCK = Duration.ofSeconds(30);

  private static final long PAUSE_NANOS_PER_STREAM = 10_000;

  private final RedisAccess redis;
  private final Executor threads;
  private final String bell;
  private final Set<ResultWait> waits = new LinkedHashSet<>();
  private @Nullable DedicatedConnection connection;
  private boolean ended;
  private boolean ringing;
  private String rung = "0-0";

  /**
   * Rounds that begin with one wait.
   *
   * @param threads where connections are opened and results are decoded
   * @param bell key of the stream that ends a round
   */
  WaitRounds(RedisAccess redis, Executor threads, String bell, ResultWait first) {
    this.redis = redis;
    this.threads = threads;
    this.bell = bell;
    waits.add(first);
  }

  void start() {
    threads.execute(this::round);
  }

  /** Takes one more wait in; false if these rounds have ended. */
  boolean join(ResultWait wait) {
    synchronized (this) {
      if (ended) {
        return false;
      }
      waits.add(wait);
      if (ringing) {
        return true; // the bell that is on its way is for this wait, too
      }
      ringing = true;
    }
    ring();
    return true;
  }

  private void ring() {
    redis
        .<String>together(
            commands -> {
              var added =
                  commands.xadd(bell, XAddArgs.Builder.maxlen(1), Map.of("wait", bytes("1")));
              commands.expire(bell, LONGEST_BLOCK.multipliedBy(4));
              return added;
            })
        .whenComplete(
            (id, failure) -> {
              if (failure != null) {
                fail(failure);
              }
            });
  }

  /** Ends these rounds and all their waits. */
  void fail(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    end().forEach(wait -> wait.result().completeExceptionally(cause));
  }

  private synchronized List<ResultWait> end() {
    ended = true;
    if (connection != null && connection.isOpen()) {
      threads.execute(connection::close);
    }
    connection = null;
    List<ResultWait> left = List.copyOf(waits);
    waits.clear();
    return left;
  }

  private void round() {
    List<ResultWait> present = present();
    try {
      open()
          .ifPresent(
              open ->
                  open.<List<StreamMessage<String, byte[]>>>call(
                          commands ->
                              commands.xread(
                                  XReadArgs.Builder.block(block(present)), offsets(present)))
                      .whenCompleteAsync(
                          (entries, failure) -> after(present, entries, failure), threads));
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /** Who waits now; those whose time is over are told so. */
  private List<ResultWait> present() {
    List<ResultWait> over;
    List<ResultWait> present;
    synchronized (this) {
      ringing = false;
      waits.removeIf(wait -> wait.result().isDone());
      over = waits.stream().filter(ResultWait::isOver).toList();
      over.forEach(waits::remove);
      present = List.copyOf(waits);
    }
    over.forEach(wait -> wait.result().complete(Optional.empty()));
    return present;
  }

  /** Opened outside the lock: to connect may take long, and to join must not. */
  private Optional<DedicatedConnection> open() {
    synchronized (this) {
      if (ended || connection != null) {
        return Optional.ofNullable(connection);
      }
    }
    DedicatedConnection opened = redis.dedicate(LONGEST_BLOCK);
    synchronized (this) {
      if (!ended) {
        connection = opened;
        return Optional.of(opened);
      }
    }
    opened.close();
    return Optional.empty();
  }

  private static long block(List<ResultWait> present) {
    return present.stream()
        .mapToLong(wait -> Math.max(1, wait.millisLeft()))
        .reduce(LONGEST_BLOCK.toMillis(), Math::min);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type, for a vararg
  private StreamOffset<String>[] offsets(List<ResultWait> present) {
    Map<String, String> offsets = new LinkedHashMap<>();
    offsets.put(bell, rung);
    // Of several waits for one job the earliest counts: the others skip what they have seen.
    for (ResultWait wait : present) {
      offsets.merge(wait.stream(), wait.after(), (a, b) -> ResultWait.isAfter(a, b) ? b : a);
    }
    return offsets.entrySet().stream()
        .map(offset -> StreamOffset.from(offset.getKey(), offset.getValue()))
        .toArray(StreamOffset[]::new);
  }

  private void after(
      List<ResultWait> present,
      @Nullable List<StreamMessage<String, byte[]>> entries,
      @Nullable Throwable failure) {
    if (failure != null) {
      fail(failure);
      return;
    }
    answer(present, entries == null ? List.of() : entries);
    if (present.isEmpty() && endIfIdle()) {
      return;
    }
    CompletableFuture.delayedExecutor(
            PAUSE_NANOS_PER_STREAM * present.size(), TimeUnit.NANOSECONDS, threads)
        .execute(this::round);
  }

  private void answer(List<ResultWait> present, List<StreamMessage<String, byte[]>> entries) {
    Map<String, List<StreamMessage<String, byte[]>>> byStream = new HashMap<>();
    entries.forEach(
        entry -> byStream.computeIfAbsent(entry.getStream(), key -> new ArrayList<>()).add(entry));
    byStream.getOrDefault(bell, List.of()).forEach(entry -> rung = entry.getId());
    present.forEach(wait -> wait.offer(byStream.getOrDefault(wait.stream(), List.of())));
  }

  private synchronized boolean endIfIdle() {
    return waits.isEmpty() && end().isEmpty();
  }
}
