// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The command line as a user runs it: processes, exit status, both outputs. */
class CommandLineTest {

  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

  @TempDir Path dir;

  record Run(int status, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  @Test
  void aSessionIsCreatedShownChangedAndDeleted(RedisEndpoint endpoint) {
    String uri = endpoint.uri(Role.SESSION);
    Run created = run("sessions", uri, "create", "7", "ada");
    assertThat(created.status()).isZero();
    assertThat(created.out()).contains("\"user_id\":7", "\"username\":\"ada\"");
    String id = id(created);

    Run set = run("sessions", uri, "set", id, "cart", "{\"items\": [1, 2.50, NaN]}");
    assertThat(set.status()).isZero();
    Run shown = run("sessions", uri, "show", id);
    assertThat(shown.out()).contains("\"cart\":{\"items\": [1, 2.50, NaN]}");
    assertThat(shown.err()).isEmpty();

    assertThat(run("sessions", uri, "delete", id).status()).isZero();
    assertThat(run("sessions", uri, "delete", id).status()).isEqualTo(1);
    Run gone = run("sessions", uri, "show", id);
    assertThat(gone.status()).isEqualTo(1);
    assertThat(gone.out()).isEmpty();
    assertThat(gone.err()).contains("no such session");
  }

  @Test
  void theSessionsOfAUserAreListedMovedAndEnded(RedisEndpoint endpoint) {
    String uri = endpoint.uri(Role.SESSION);
    Run joined = run("sessions", uri, "events", "--group", "cli", "--count", "0");
    assertThat(joined.status()).as(joined.err()).isZero();
    String first = id(run("sessions", uri, "create", "4711", "ada"));
    String second = id(run("sessions", uri, "create", "4711", "ada"));

    assertThat(id(run("sessions", uri, "touch", first))).isEqualTo(first);
    String renewed = id(run("sessions", uri, "rotate", first));
    assertThat(renewed).isNotEqualTo(first);
    assertThat(run("sessions", uri, "list", "4711").lines()).hasSize(2);

    Run ended = run("sessions", uri, "terminate", "4711", "--except", second);
    assertThat(ended.out()).contains("{\"ended\": 1}");
    assertThat(id(run("sessions", uri, "list", "4711"))).isEqualTo(second);
    assertThat(run("sessions", uri, "terminate", "4711").out()).contains("{\"ended\": 1}");
    assertThat(run("sessions", uri, "list", "4711").out()).isEmpty();

    assertThat(run("sessions", uri, "events", "--group", "cli", "--count", "5").lines())
        .extracting(line -> line.replaceAll(".*\"event\": \"([a-z_]+)\".*", "$1"))
        .containsExactly("created", "created", "rotated", "revoked", "revoked");
    assertThat(run("sessions", uri, "events", "--group", "a b").status()).isEqualTo(2);
  }

  private static String id(Run run) {
    assertThat(run.status()).as(run.err()).isZero();
    return run.out().replaceAll("(?s)^\\{\"id\": \"([^\"]+)\".*", "$1");
  }

  @Test
  void jobsAreEnqueuedWorkedAndAnswered(RedisEndpoint endpoint) throws Exception {
    String uri = endpoint.uri(Role.QUEUE);
    Process worker = process("work", uri, "urgent,cli").start();
    try {
      Run five = run("enqueue", uri, "cli", "examples.add", "[2, 3]", "--wait", "20");
      assertThat(five.status()).isZero();
      assertThat(five.lines()).hasSize(2);
      assertThat(five.lines().get(0)).matches("[A-Za-z0-9_-]+");
      assertThat(five.lines().get(1)).isEqualTo("5");

      Run echo =
          run(
              "enqueue",
              uri,
              "urgent",
              "examples.echo",
              "[]",
              "{\"x\": [null, true, \"\\u00e4\"]}",
              "--serializer",
              "json",
              "--wait",
              "20");
      assertThat(echo.lines().get(1)).isEqualTo("[null, true, \"\\u00e4\"]");

      Run failed = run("enqueue", uri, "cli", "examples.fail", "[\"oh no\"]", "--wait", "20");
      assertThat(failed.status()).isEqualTo(4);
      assertThat(failed.lines()).hasSize(1);
      assertThat(failed.err()).contains("IllegalStateException: oh no");

      Run unknown = run("enqueue", uri, "cli", "examples.unknown", "--wait", "20");
      assertThat(unknown.status()).isEqualTo(4);
      assertThat(unknown.err()).contains("examples.add");
    } finally {
      worker.destroy(); // SIGTERM
      assertThat(worker.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(worker.exitValue()).isZero();
  }

  @Test
  void aBurstEndsWhenTheQueueIsEmpty(RedisEndpoint endpoint) {
    String uri = endpoint.uri(Role.QUEUE);
    Run enqueued = run("enqueue", uri, "burst", "examples.sleep", "[0.01]");
    assertThat(enqueued.status()).isZero();
    assertThat(enqueued.lines()).hasSize(1);
    Run worked = run("work", uri, "burst", "--burst");
    assertThat(worked.status()).isZero();
    assertThat(worked.err()).contains("finished 1, failed 0");
  }

  @Test
  void jobsAreShownExplainedAndSteered(RedisEndpoint endpoint) {
    String uri = endpoint.uri(Role.QUEUE);
    String[] add = {"enqueue", uri, "steered", "examples.add", "[2, 3]", "{\"b\": 1.5}"};
    assertThat(run(with(add, "--id", "cli-1")).out()).isEqualTo("cli-1\n");
    assertThat(run(with(add, "--id", "cli-1")).out()).isEqualTo("cli-1\n");
    assertThat(run(with(add, "--id", "cli-2", "--at-front")).status()).isZero();

    Run shown = run("jobs", uri, "show", "cli-1");
    assertThat(shown.status()).isZero();
    assertThat(shown.lines()).hasSize(1);
    assertThat(shown.out())
        .contains(
            "\"function\": \"examples.add\"",
            "\"args\": [2, 3]",
            "\"kwargs\": {\"b\": 1.5}",
            "\"status\": \"queued\"",
            "\"result\": null");
    assertThat(run("jobs", uri, "explain", "cli-1").out())
        .contains("\"reason\": \"no-worker\"", "\"queue\": \"steered\"");
    assertThat(run("jobs", uri, "list", "steered", "queued").out())
        .contains("\"total\": 2, \"jobs\": [{\"id\": \"cli-2\"}, {\"id\": \"cli-1\"}]");
    assertThat(run("jobs", uri, "cancel", "cli-2").out()).isEqualTo("{\"canceled\": true}\n");
    assertThat(run("jobs", uri, "cancel", "cli-2").status()).isEqualTo(2);
    assertThat(run("jobs", uri, "queues").out())
        .contains("\"name\": \"steered\", \"queued\": 1", "\"canceled\": 1");
    assertThat(run("jobs", uri, "workers").out()).startsWith("[");

    run("enqueue", uri, "steered", "examples.fail", "[\"why\"]", "--id", "cli-3");
    run("work", uri, "steered", "--burst");
    assertThat(run("jobs", uri, "show", "cli-3").out())
        .contains("\"outcome\": \"failed\"", "IllegalStateException: why");
    assertThat(run("jobs", uri, "requeue", "cli-3").out()).isEqualTo("{\"requeued\": true}\n");
    assertThat(run("jobs", uri, "delete", "cli-3").out()).isEqualTo("{\"deleted\": true}\n");

    for (String verb : List.of("show", "explain", "requeue", "cancel", "delete")) {
      assertThat(run("jobs", uri, verb, "cli-3").status()).as(verb).isEqualTo(1);
    }
    assertThat(run("jobs", uri, "list", "steered", "sleeping").status()).isEqualTo(2);
    assertThat(run("jobs", uri, "show", "a.b").status()).isEqualTo(2);
  }

  private static String[] with(String[] words, String... more) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void badInputIsRefusedWithStatusTwo(RedisEndpoint endpoint) {
    String uri = endpoint.uri(Role.SESSION);
    String queue = endpoint.uri(Role.QUEUE);
    assertThat(run().status()).isEqualTo(2);
    assertThat(run("dance").status()).isEqualTo(2);
    assertThat(run("sessions", uri, "create", "seven", "ada").status()).isEqualTo(2);
    assertThat(run("sessions", uri, "show", "../../etc").status()).isEqualTo(2);
    assertThat(run("sessions", "not a uri", "show", "x".repeat(20)).status()).isEqualTo(2);
    assertThat(run("enqueue", queue, "q", "examples.add", "[2,").status()).isEqualTo(2);
    assertThat(run("enqueue", queue, "q", "examples.add", "{}").status()).isEqualTo(2);
    assertThat(run("enqueue", queue, "q:intermediate", "f").status()).isEqualTo(2);
    Run format = run("enqueue", queue, "q", "f", "--serializer", "yaml");
    assertThat(format.status()).isEqualTo(2);
    assertThat(format.err()).contains("pickle or json");
  }

  @Test
  void anUnavailableRedisIsStatusThree(RedisEndpoint endpoint) {
    String elsewhere = "redis://vedfolnir-session:secret-word@127.0.0.1:1";
    Run unreachable = run("sessions", elsewhere, "show", "x".repeat(20));
    assertThat(unreachable.status()).isEqualTo(3);
    assertThat(unreachable.err()).contains("cannot connect").doesNotContain("secret-word");
    String wrong =
        "redis://vedfolnir-session:wrong-word@" + endpoint.host() + ":" + endpoint.port();
    Run denied = run("sessions", wrong, "show", "x".repeat(20));
    assertThat(denied.status()).isEqualTo(3);
    assertThat(denied.err()).doesNotContain("wrong-word");
  }

  @Test
  void thePasswordMayComeFromTheEnvironment(RedisEndpoint endpoint) throws Exception {
    String uri = "redis://vedfolnir-session@" + endpoint.host() + ":" + endpoint.port();
    ProcessBuilder process = process("sessions", uri, "create", "8", "grace");
    Path file =
        Files.writeString(dir.resolve("secret"), endpoint.credentials(Role.SESSION).password());
    process.environment().put("VEDFOLNIR_REDIS_PASSWORD_FILE", file.toString());
    assertThat(finish(process).status()).isZero();
  }

  @Test
  void helpIsThereForEveryCommand() {
    for (String command : List.of("sessions", "enqueue", "work", "jobs")) {
      Run help = run(command, "--help");
      assertThat(help.status()).isZero();
      assertThat(help.out()).contains("<redis-uri>");
    }
    assertThat(run("--help").out()).contains("Exit status: 0 done");
  }

  private Run run(String... words) {
    return finish(process(words));
  }

  private Run finish(ProcessBuilder builder) {
    try {
      Path out = Files.createTempFile(dir, "out", "");
      Path err = Files.createTempFile(dir, "err", "");
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return new Run(
          process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private ProcessBuilder process(String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("io.vedfolnir.examples.cli.Examples");
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.contains("REDIS"));
    return builder;
  }
}
