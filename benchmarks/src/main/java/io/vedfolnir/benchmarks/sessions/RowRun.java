// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks.sessions;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** The process that measures one row once; prints a line for each cell. */
final class RowRun {

  private static final int MEMORY_SAMPLE = 5_000;
  private static final int SESSIONS_PER_THREAD = 128;

  private final Peer peer;
  private final ServerCounters counters;
  private final long nanosPerCell;

  private RowRun(Peer peer, ServerCounters counters, Duration perCell) {
    this.peer = peer;
    this.counters = counters;
    this.nanosPerCell = perCell.toNanos();
  }

  /** Arguments: row, file with the URI, milliseconds a cell, sessions before, threads, threads … */
  public static void main(String[] words) throws Exception {
    String uri = Files.readString(Path.of(words[1]));
    try (Peer peer = Row.valueOf(words[0]).open(uri);
        ServerCounters counters = new ServerCounters(uri)) {
      RowRun run = new RowRun(peer, counters, Duration.ofMillis(Long.parseLong(words[2])));
      run.populate(Integer.parseInt(words[3]));
      System.out.println("MEMORY\t" + run.bytesPerSession());
      int[] threads =
          IntStream.range(4, words.length).map(i -> Integer.parseInt(words[i])).toArray();
      run.measure(8); // what is measured first would pay for loading and compiling
      for (int number : threads) {
        run.measure(number).forEach(cell -> System.out.println("CELL\t" + cell.line()));
      }
    }
    System.exit(0); // some peers leave threads behind
  }

  private void populate(int sessions) {
    int threads = 16;
    parallel(threads, thread -> create(sessions / threads));
  }

  private double bytesPerSession() {
    create(100); // connections and tables are there from here on
    long before = counters.read().usedMemory();
    create(MEMORY_SAMPLE);
    return (counters.read().usedMemory() - before) / (double) MEMORY_SAMPLE;
  }

  private List<String> create(int sessions) {
    return IntStream.range(0, sessions).mapToObj(i -> peer.create()).toList();
  }

  private List<Cell> measure(int threads) {
    List<List<String>> ids = new ArrayList<>();
    IntStream.range(0, threads).forEach(i -> ids.add(new ArrayList<>()));
    List<Cell> cells = new ArrayList<>();
    cells.add(cell(Verb.CREATE, threads, (thread, i) -> ids.get(thread).add(peer.create())));
    cells.add(cell(Verb.LOAD, threads, (thread, i) -> visit(ids, thread, i, peer::load)));
    cells.add(cell(Verb.SAVE, threads, (thread, i) -> visit(ids, thread, i, peer::save)));
    cells.add(
        cell(
            Verb.DELETE,
            threads,
            (thread, i) -> {
              List<String> mine = ids.get(thread);
              if (i >= mine.size()) {
                return false;
              }
              peer.delete(mine.get(i));
              return true;
            }));
    return cells;
  }

  private static boolean visit(
      List<List<String>> ids, int thread, int i, java.util.function.Consumer<String> verb) {
    List<String> mine = ids.get(thread);
    verb.accept(mine.get(i % Math.min(mine.size(), SESSIONS_PER_THREAD)));
    return true;
  }

  /** One operation of a thread, the i-th. */
  private interface Operation {
    /** Returns false when there is nothing left to do. */
    boolean run(int thread, int i);
  }

  private Cell cell(Verb verb, int threads, Operation operation) {
    ServerCounters.Reading before = counters.read();
    long start = System.nanoTime();
    Latencies all = new Latencies();
    for (Latencies one : parallel(threads, thread -> run(thread, operation))) {
      all.addAll(one);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    ServerCounters.Reading after = counters.read();
    double operations = all.total();
    return new Cell(
        verb,
        threads,
        operations / seconds,
        all.micros(0.5),
        all.micros(0.99),
        (after.commands() - before.commands() - 1) / operations,
        (after.reads() - before.reads() - 1) / operations,
        (after.bytes() - before.bytes()) / operations);
  }

  private Latencies run(int thread, Operation operation) {
    Latencies times = new Latencies();
    long start = System.nanoTime();
    long begun = start;
    for (int i = 0; begun - start < nanosPerCell && operation.run(thread, i); i++) {
      long ended = System.nanoTime();
      times.add(ended - begun);
      begun = ended;
    }
    return times;
  }

  private static <T> List<T> parallel(int threads, java.util.function.IntFunction<T> work) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<CompletableFuture<T>> running =
          IntStream.range(0, threads)
              .mapToObj(thread -> CompletableFuture.supplyAsync(() -> work.apply(thread), pool))
              .toList();
      return running.stream().map(CompletableFuture::join).toList();
    } finally {
      pool.shutdown();
    }
  }
}
