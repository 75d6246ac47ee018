// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks.sessions;

import io.vedfolnir.testkit.RedisLauncher;
import io.vedfolnir.testkit.RedisServer;
import io.vedfolnir.testkit.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Measures the session stores beside each other: a process for each row and repetition, rows
 * interleaved, medians and spread.
 *
 * <p>Options, as system properties: {@code rows} (names of {@link Row}, by comma), {@code threads}
 * (default {@code 1,8,64}), {@code repetitions} (3), {@code millis} a cell (1300), {@code
 * population}, sessions that are there before (0).
 */
public final class SessionTable {

  private final Map<Row, List<Cell>> cells = new EnumMap<>(Row.class);
  private final Map<Row, List<Double>> memory = new EnumMap<>(Row.class);

  private SessionTable() {}

  /** Runs them all and prints the tables. */
  public static void main(String[] words) throws IOException, InterruptedException {
    List<Row> rows = Arrays.stream(option("rows", all()).split(",", -1)).map(Row::valueOf).toList();
    List<String> threads = List.of(option("threads", "1,8,64").split(",", -1));
    SessionTable table = new SessionTable();
    for (int i = 0; i < Integer.parseInt(option("repetitions", "3")); i++) {
      for (Row row : rows) {
        table.measure(row, threads);
      }
    }
    table.print(rows, threads.stream().map(Integer::valueOf).toList());
  }

  private static String all() {
    return String.join(",", Arrays.stream(Row.values()).map(Enum::name).toList());
  }

  private static String option(String name, String otherwise) {
    return System.getProperty(name, otherwise);
  }

  private void measure(Row row, List<String> threads) throws IOException, InterruptedException {
    // An empty server for each row, with room: nothing is to be evicted, nothing saved meanwhile.
    try (RedisServer server =
        RedisLauncher.hardened()
            .withOverride("maxmemory", "8gb")
            .withOverride("save", "")
            .start()) {
      Path file = Files.createTempFile("vedfolnir-benchmarks", ".uri");
      try {
        Files.writeString(file, server.endpoint().uri(Role.TEST)); // not argv: it has a password
        List<String> command = new ArrayList<>();
        command.addAll(List.of(java(), "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp"));
        command.addAll(List.of(System.getProperty("java.class.path"), RowRun.class.getName()));
        command.addAll(List.of(row.name(), file.toString(), option("millis", "1300")));
        command.add(option("population", "0"));
        command.addAll(threads);
        Process process =
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        process.inputReader().lines().forEach(line -> take(row, line));
        if (process.waitFor() != 0) {
          throw new IllegalStateException("the run of " + row + " failed");
        }
      } finally {
        Files.delete(file);
      }
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private void take(Row row, String line) {
    String[] parts = line.split("\t", 2);
    if (parts[0].equals("CELL")) {
      cells.computeIfAbsent(row, key -> new ArrayList<>()).add(Cell.of(parts[1]));
    } else if (parts[0].equals("MEMORY")) {
      memory.computeIfAbsent(row, key -> new ArrayList<>()).add(Double.valueOf(parts[1]));
    }
  }

  private void print(List<Row> rows, List<Integer> threads) {
    System.out.printf(
        "%s %s, %d processors, Java %s; %s%n%n",
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        Versions.all());
    for (Verb verb : Verb.values()) {
      System.out.printf("%-44s", verb.name().toLowerCase(java.util.Locale.ROOT));
      threads.forEach(number -> System.out.printf("%36s", number + " threads: ops/s ± p50/p99 µs"));
      System.out.println();
      for (Row row : rows) {
        System.out.printf("%-44s", row.title);
        for (int number : threads) {
          System.out.printf(
              "%15.0f %3.0f%% %7.1f/%8.1f",
              median(row, verb, number, Cell::opsPerSecond),
              100 * spread(row, verb, number),
              median(row, verb, number, Cell::p50Micros),
              median(row, verb, number, Cell::p99Micros));
        }
        System.out.println();
      }
      System.out.println();
    }
    System.out.printf("%-44s", "commands / reads / bytes of an operation");
    Arrays.stream(Verb.values()).forEach(verb -> System.out.printf("%22s", verb));
    System.out.printf("%14s%n", "bytes kept");
    int fewest = threads.get(0);
    for (Row row : rows) {
      System.out.printf("%-44s", row.title);
      for (Verb verb : Verb.values()) {
        System.out.printf(
            "%8.1f /%5.2f /%5.0f",
            median(row, verb, fewest, Cell::commands),
            median(row, verb, fewest, Cell::reads),
            median(row, verb, fewest, Cell::bytes));
      }
      System.out.printf("%14.0f%n", median(memory.get(row).stream().mapToDouble(d -> d).toArray()));
    }
  }

  private double median(Row row, Verb verb, int threads, ToDoubleFunction<Cell> figure) {
    return median(figures(row, verb, threads, figure));
  }

  /** (most - least) / median. */
  private double spread(Row row, Verb verb, int threads) {
    double[] figures = figures(row, verb, threads, Cell::opsPerSecond);
    double most = Arrays.stream(figures).max().orElseThrow();
    double least = Arrays.stream(figures).min().orElseThrow();
    return (most - least) / median(figures);
  }

  private double[] figures(Row row, Verb verb, int threads, ToDoubleFunction<Cell> figure) {
    return cells.get(row).stream()
        .filter(cell -> cell.verb() == verb && cell.threads() == threads)
        .mapToDouble(figure)
        .toArray();
  }

  private static double median(double[] figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
