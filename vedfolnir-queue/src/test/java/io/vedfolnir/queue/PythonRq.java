// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.queue.codec.JsonSerializer;
import io.vedfolnir.queue.codec.PayloadLimits;
import io.vedfolnir.queue.codec.Trust;
import io.vedfolnir.testkit.python.PythonEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Real RQ, in as few processes as possible: each start takes a second on a slow machine. */
public final class PythonRq {

  private static final String FUNCTIONS =
      """
      def add(a, b=0):
          return a + b

      def echo(x=None):
          return x

      def fail(message='no'):
          raise ValueError(message)

      def process_caption_task(task_id):
          return {'task_id': task_id, 'success': True, 'captions_generated': 3}

      def succeeded(job, connection, result, *args, **kwargs):
          connection.set('rq:called:' + job.id, 'succeeded')
      """;

  /** What every program below begins with. */
  private static final String PRELUDE =
      """
      import sys, json, datetime
      from redis import Redis
      from rq import Queue, Retry
      from rq.job import Job
      from rq.serializers import JSONSerializer, DefaultSerializer
      url, name, serializer = sys.argv[1:4]
      serializer = JSONSerializer if serializer == 'json' else DefaultSerializer
      connection = Redis.from_url(url)
      queue = Queue(name, connection=connection, serializer=serializer)
      """;

  private final PythonEnvironment python;
  private final Path folder;
  private final String url;

  public PythonRq(PythonEnvironment python, Path folder, String url) throws IOException {
    this.python = python;
    this.folder = folder;
    this.url = url;
    Path modules = folder.resolve("modules/app/services/task/rq");
    Files.createDirectories(modules);
    Files.writeString(folder.resolve("modules/examples.py"), FUNCTIONS);
    Files.writeString(modules.resolve("rq_job_processor.py"), FUNCTIONS);
  }

  /** RQ of one line; Debian's needs the client of its time. */
  public static PythonRq of(String line, Path folder, String url) throws IOException {
    return new PythonRq(
        PythonEnvironment.rq(line, line.equals("1.13") ? List.of("redis==4.3.4") : List.of()),
        folder,
        url);
  }

  /** Runs {@code rq worker --burst}, with the scheduler if that is asked for. */
  public String worker(String serializer, String... more) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("-m", "rq.cli", "worker", "--burst", "--url", url));
    if (serializer.equals("json")) {
      words.addAll(List.of("--serializer", "rq.serializers.JSONSerializer"));
    }
    words.addAll(List.of(more));
    return run(words);
  }

  /** Runs another command of RQ's. */
  public String cli(String command, String... more) throws Exception {
    List<String> words = new ArrayList<>(List.of("-m", "rq.cli", command, "--url", url));
    words.addAll(List.of(more));
    return run(words);
  }

  /** Runs a program that finds {@code queue}, and prints one JSON document as its last line. */
  public Object program(String queue, String serializer, String program, String... more)
      throws Exception {
    List<String> words = new ArrayList<>(List.of("-c", PRELUDE + program, url, queue, serializer));
    words.addAll(List.of(more));
    String printed = run(words).strip();
    String last = printed.substring(printed.lastIndexOf('\n') + 1);
    Object value =
        new JsonSerializer(PayloadLimits.defaults())
            .loads(last.getBytes(StandardCharsets.UTF_8), Trust.RESULT);
    return value == null ? "null" : value;
  }

  /** As {@link #program}, for one that prints an object. */
  @SuppressWarnings("unchecked") // JSON objects have text keys
  public Map<String, Object> object(String queue, String serializer, String program, String... more)
      throws Exception {
    return (Map<String, Object>) program(queue, serializer, program, more);
  }

  private String run(List<String> words) throws Exception {
    Path out = Files.createTempFile(folder, "out", ".txt");
    ProcessBuilder builder = python.command(words.toArray(String[]::new));
    builder.environment().put("PYTHONPATH", folder.resolve("modules").toString());
    builder.redirectErrorStream(true).redirectOutput(out.toFile());
    Process process = builder.start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    String text = Files.readString(out);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
