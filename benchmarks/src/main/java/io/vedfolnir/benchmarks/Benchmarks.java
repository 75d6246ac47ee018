// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks;

import io.lettuce.core.LettuceVersion;
import io.vedfolnir.testkit.RedisLauncher;
import io.vedfolnir.testkit.RedisServer;
import io.vedfolnir.testkit.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks on a Redis of their own and prints medians and ratios to bare Lettuce.
 *
 * <p>Takes the options of JMH: {@code java -jar benchmarks/target/vedfolnir-benchmarks.jar -f 3 -t
 * 8 Session}.
 */
public final class Benchmarks {

  private static final String FILE_PROPERTY = "vedfolnir.benchmarks.uri.file";

  private Benchmarks() {}

  /** Where Redis is; read by the forked JVMs. */
  static String uri() {
    try {
      return Files.readString(Path.of(System.getProperty(FILE_PROPERTY)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs them. */
  public static void main(String[] words)
      throws RunnerException, CommandLineOptionException, IOException {
    CommandLineOptions given = new CommandLineOptions(words);
    // A server of its own, and room in it: nothing is to be evicted while we measure.
    try (RedisServer server = RedisLauncher.hardened().withOverride("maxmemory", "4gb").start()) {
      // The URI holds a password, and command lines can be read by everybody.
      Path file = Files.createTempFile("vedfolnir-benchmarks", ".uri");
      file.toFile().deleteOnExit();
      Files.writeString(file, server.endpoint().uri(Role.TEST));
      Options options =
          new OptionsBuilder()
              .parent(given)
              .jvmArgsAppend("-D" + FILE_PROPERTY + "=" + file)
              .build();
      Collection<RunResult> results = new Runner(options).run();
      print(server, results);
    }
  }

  private static void print(RedisServer server, Collection<RunResult> results) {
    Runtime machine = Runtime.getRuntime();
    System.out.printf(
        "%nRedis %s (%s), Lettuce %s, Java %s, %s %s, %d processors%n",
        server.version(),
        server.mode(),
        LettuceVersion.getVersion(),
        Runtime.version(),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        machine.availableProcessors());
    Map<String, Double> medians = new TreeMap<>(Comparator.naturalOrder());
    for (RunResult result : results) {
      medians.put(name(result), result.getPrimaryResult().getStatistics().getPercentile(50));
    }
    System.out.printf("%-32s %14s %10s%n", "operation", "median ops/s", "to Lettuce");
    medians.forEach(
        (name, median) -> {
          Double bare = medians.get(baseline(name));
          System.out.printf(
              "%-32s %14.0f %10s%n",
              name, median, bare == null ? "" : String.format("%.2f", median / bare));
        });
  }

  private static String name(RunResult result) {
    List<String> parts = List.of(result.getParams().getBenchmark().split("\\.", -1));
    return String.join(".", parts.subList(parts.size() - 2, parts.size()));
  }

  /** {@code SessionBenchmark.find} is held against {@code SessionBenchmark.lettuceFind}. */
  private static String baseline(String name) {
    int dot = name.indexOf('.');
    String verb = name.substring(dot + 1);
    return name.substring(0, dot + 1)
        + "lettuce"
        + Character.toUpperCase(verb.charAt(0))
        + verb.substring(1);
  }
}
