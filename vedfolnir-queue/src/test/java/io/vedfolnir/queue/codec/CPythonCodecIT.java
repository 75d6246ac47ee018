// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.testkit.Requirement;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * CPython and we mean the same value by the same bytes, both ways, on random values.
 *
 * <p>The long run: {@code mvn -pl vedfolnir-queue -am verify -Dit.test=CPythonCodecIT
 * -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
 * -Dvedfolnir.codec.values=1000000}. Another {@code -Dvedfolnir.codec.seed} gives other values; the
 * seed in use is printed.
 */
class CPythonCodecIT {
  private static final int VALUES = Integer.getInteger("vedfolnir.codec.values", 20_000);
  private static final long SEED = Long.getLong("vedfolnir.codec.seed", 8625716984L);
  private static final PayloadCodec CODEC = new PayloadCodec(PayloadLimits.defaults());

  @TempDir static Path directory = Path.of("");
  private static Path script = Path.of("");

  @BeforeAll
  static void python() throws Exception {
    System.out.println("CPythonCodecIT: seed " + SEED + ", " + VALUES + " values each way");
    Requirement.PYTHON.check(runs("python3", "--version"), "python3 is not on the PATH");
    script = directory.resolve("typed_values.py");
    try (InputStream in = CPythonCodecIT.class.getResourceAsStream("typed_values.py")) {
      Files.copy(Objects.requireNonNull(in), script);
    }
  }

  @Test
  void whatPythonWritesReadsAsTheSameValue() throws Exception {
    Process python = start("generate", VALUES + "", SEED + "");
    int read = 0;
    try (BufferedReader lines = python.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] parts = line.split(" ", 3);
        byte[] payload = HexFormat.of().parseHex(parts[1]);
        boolean json = parts[0].equals("json");
        Serializer serializer = json ? CODEC.json() : CODEC.pickle();
        Object value = serializer.loads(payload, Trust.ARGUMENTS);
        if (!TypedValue.of(value).equals(parts[2])) {
          assertThat(TypedValue.of(value)).as(parts[0] + " " + parts[1]).isEqualTo(parts[2]);
        }
        if (json) {
          // Byte for byte: separators, escapes and floats are Python's own.
          assertThat(new String(serializer.dumps(value), UTF_8))
              .isEqualTo(new String(payload, UTF_8));
        }
        read++;
      }
    }
    assertEnds(python);
    assertThat(read).isEqualTo(VALUES);
  }

  @Test
  void whatWeWriteReadsAsTheSameValueInPython() throws Exception {
    Process python = start("render");
    BlockingQueue<String> expected = new ArrayBlockingQueue<>(10_000);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread writer = new Thread(() -> write(python, expected, failure), "values-to-python");
    writer.start();
    int read = 0;
    try (BufferedReader lines = python.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String text = expected.poll(10, TimeUnit.SECONDS);
        if (!line.equals(text)) {
          assertThat(line).isEqualTo(text);
        }
        read++;
      }
    } finally {
      python.destroy();
      writer.join();
    }
    assertThat(failure.get()).isNull();
    assertThat(read).isEqualTo(VALUES);
  }

  private static void write(
      Process python,
      BlockingQueue<String> expected,
      AtomicReference<@Nullable Throwable> failure) {
    Random random = new Random(SEED);
    try (BufferedWriter out = python.outputWriter(UTF_8)) {
      for (int i = 0; i < VALUES; i++) {
        boolean json = i % 5 == 4;
        Object value = new RandomValues(random, json).value(4);
        byte[] payload = (json ? CODEC.json() : CODEC.pickle()).dumps(value);
        if (!expected.offer(TypedValue.of(value), 60, TimeUnit.SECONDS)) {
          throw new IOException("Python does not answer");
        }
        out.write((json ? "json " : "pickle ") + HexFormat.of().formatHex(payload) + "\n");
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      failure.set(e);
    }
  }

  private static Process start(String... arguments) throws IOException {
    String[] command = new String[arguments.length + 2];
    command[0] = "python3";
    command[1] = script.toString();
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void assertEnds(Process python) throws InterruptedException {
    assertThat(python.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(python.exitValue()).isZero();
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
