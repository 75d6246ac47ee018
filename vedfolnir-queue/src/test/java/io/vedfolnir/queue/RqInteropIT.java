// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vedfolnir.queue.worker.RqWorker;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import io.vedfolnir.testkit.python.PythonEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Java and the real RQ on the same queues, in both directions. */
class RqInteropIT {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  private static final String FUNCTIONS =
      """
      def add(a, b=0):
          return a + b

      def echo(x):
          return x

      def fail(message):
          raise ValueError(message)
      """;

  private static final String ENQUEUE =
      """
      import sys, json
      from redis import Redis
      from rq import Queue, Retry
      from rq.serializers import JSONSerializer, DefaultSerializer
      url, name, serializer, function, args, kwargs = sys.argv[1:7]
      queue = Queue(name, connection=Redis.from_url(url),
                    serializer=JSONSerializer if serializer == 'json' else DefaultSerializer)
      job = queue.enqueue_call(function, args=tuple(json.loads(args)), kwargs=json.loads(kwargs))
      print(job.id)
      """;

  private static final String RESULT =
      """
      import sys
      from redis import Redis
      from rq.job import Job
      from rq.serializers import JSONSerializer, DefaultSerializer
      url, id, serializer = sys.argv[1:4]
      job = Job.fetch(id, connection=Redis.from_url(url),
                      serializer=JSONSerializer if serializer == 'json' else DefaultSerializer)
      result = job.latest_result()
      status = job.get_status()
      print(getattr(status, 'value', status), result.type.value)
      print(repr(result.return_value) if result.type.value == 1 else result.exc_string)
      """;

  @TempDir Path folder;

  private QueueRig rig;

  @BeforeEach
  void open(RedisEndpoint endpoint) throws IOException {
    rig = new QueueRig(endpoint);
    Files.writeString(
        Files.createDirectory(folder.resolve("modules")).resolve("examples.py"), FUNCTIONS);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private String url() {
    // Python RQ has a user of its own; the test user stands for it here.
    return rig.endpoint.uri(Role.TEST);
  }

  private String run(PythonEnvironment python, String... command) throws Exception {
    Path out = Files.createTempFile(folder, "out", ".txt");
    ProcessBuilder builder = python.command(command);
    builder.environment().put("PYTHONPATH", folder.resolve("modules").toString());
    builder.redirectErrorStream(true).redirectOutput(out.toFile());
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String text = Files.readString(out);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  private String program(PythonEnvironment python, String program, String... arguments)
      throws Exception {
    List<String> words = new ArrayList<>(List.of("-c", program));
    words.addAll(Arrays.asList(arguments));
    return run(python, words.toArray(String[]::new)).strip();
  }

  private String pythonWorker(PythonEnvironment python, String... more) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("-m", "rq.cli", "worker", "--burst", "--url", url()));
    words.addAll(Arrays.asList(more));
    words.add(rig.queueName);
    return run(python, words.toArray(String[]::new));
  }

  private WorkerSettings examples() {
    return WorkerSettings.listeningTo(rig.queueName)
        .handling(QueueRig.ADD, (args, context) -> args.a() + args.b())
        .handling("examples.echo", (call, context) -> call.args().get(0))
        .handling(
            "examples.fail",
            (call, context) -> {
              throw new IllegalStateException(String.valueOf(call.args().get(0)));
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "1.16"})
  void pythonRunsWhatJavaEnqueues(String line) throws Exception {
    PythonEnvironment python = PythonEnvironment.rq(line);
    Job sum = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(2, 3));
    Job echo =
        rig.queue.enqueue(
            RemoteCall.of("examples.echo", Map.of("text", List.of("grüße", 1.5, true))),
            Enqueue.defaults().withMeta(Map.of("user_id", 7)));
    Job failing = rig.queue.enqueue(RemoteCall.of("examples.fail", "no picture"));

    pythonWorker(python);

    assertThat(rig.queue.await(QueueRig.ADD, sum.id(), ofSeconds(5))).isEqualTo(5);
    assertThat(rig.queue.find(sum.id()).orElseThrow().status()).isEqualTo(JobStatus.FINISHED);
    assertThat(rig.queue.findResult(echo.id()).orElseThrow().value())
        .contains(Map.of("text", List.of("grüße", 1.5, true)));
    assertThatThrownBy(() -> rig.queue.await(QueueRig.ADD, failing.id(), ofSeconds(5)))
        .isInstanceOfSatisfying(
            QueueException.JobFailed.class,
            failed ->
                assertThat(failed.exceptionText().strip()).endsWith("ValueError: no picture"));
    // Python gives a failed job's stream no TTL of its own accord.
    assertThat(rig.look.ttl("rq:results:" + failing.id())).isPositive();
  }

  @Test
  void pythonRunsJsonThatJavaEnqueues() throws Exception {
    PythonEnvironment python = PythonEnvironment.rq("2");
    Job sum =
        rig.queue.enqueue(
            QueueRig.ADD,
            new QueueRig.AddArgs(2, 3),
            Enqueue.defaults().withFormat(PayloadFormat.JSON));
    pythonWorker(python, "--serializer", "rq.serializers.JSONSerializer");
    assertThat(rig.queue.await(QueueRig.ADD, sum.id(), ofSeconds(5))).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2 pickle", "2 json", "1.16 pickle", "1.16 json"})
  void javaRunsWhatPythonEnqueues(String profile) throws Exception {
    PythonEnvironment python = PythonEnvironment.rq(profile.split(" ")[0]);
    String serializer = profile.split(" ")[1];
    String sum = enqueue(python, serializer, "examples.add", "[2]", "{\"b\": 3}");
    String echo =
        enqueue(python, serializer, "examples.echo", "[{\"k\": [1, \"zwei\", null]}]", "{}");
    String failing = enqueue(python, serializer, "examples.fail", "[\"no picture\"]", "{}");
    String unknown = enqueue(python, serializer, "os.getcwd", "[]", "{}");

    rig.burst(examples().withConcurrency(2));

    assertThat(result(python, serializer, sum)).isEqualTo("finished 1\n5");
    assertThat(result(python, serializer, echo)).isEqualTo("finished 1\n{'k': [1, 'zwei', None]}");
    assertThat(result(python, serializer, failing))
        .startsWith("failed 2\nTraceback (most recent call last):")
        .endsWith("\njava.lang.IllegalStateException: no picture");
    assertThat(result(python, serializer, unknown)).contains("no handler for os.getcwd");
  }

  private String enqueue(
      PythonEnvironment python, String serializer, String function, String args, String kwargs)
      throws Exception {
    return program(python, ENQUEUE, url(), rig.queueName, serializer, function, args, kwargs);
  }

  private String result(PythonEnvironment python, String serializer, String id) throws Exception {
    return program(python, RESULT, url(), id, serializer);
  }

  @Test
  void rqInfoShowsTheJavaWorkerAndItsJob() throws Exception {
    PythonEnvironment python = PythonEnvironment.rq("2");
    CountDownLatch goOn = new CountDownLatch(1);
    try (Worker worker =
        RqWorker.start(
            rig.redis,
            examples()
                .withName("java-worker")
                .handling(
                    "examples.wait",
                    (call, context) -> {
                      goOn.await();
                      return "waited";
                    }))) {
      Job job = rig.queue.enqueue(RemoteCall.of("examples.wait"));
      Awaitility.await()
          .until(() -> rig.queue.find(job.id()).orElseThrow().status() == JobStatus.STARTED);
      rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 1));

      String info = run(python, "-m", "rq.cli", "info", "--url", url(), rig.queueName);

      assertThat(info)
          .contains("java-worker (")
          .contains("busy " + rig.queueName)
          .containsPattern(rig.queueName + " +\\|.* 1, 1 executing")
          .contains("1 workers, 1 queues");
      goOn.countDown();
      assertThat(rig.queue.await(job.id(), ofSeconds(10)).value()).contains("waited");
    }
    assertThat(run(python, "-m", "rq.cli", "info", "--url", url(), rig.queueName))
        .doesNotContain("java-worker");
  }

  @Test
  void pythonAndJavaShareAQueueWithoutRunningAnythingTwice() throws Exception {
    PythonEnvironment python = PythonEnvironment.rq("2");
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      jobs.add(rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(i, 1)));
    }
    rig.start(examples().handling("examples.pace", (call, context) -> null));
    pythonWorker(python);
    for (int i = 0; i < 40; i++) {
      assertThat(rig.queue.await(QueueRig.ADD, jobs.get(i).id(), ofSeconds(20))).isEqualTo(i + 1);
      assertThat(rig.look.xlen("rq:results:" + jobs.get(i).id())).isOne();
    }
    assertThat(rig.look.zcard("rq:finished:" + rig.queueName)).isEqualTo(40);
  }
}
