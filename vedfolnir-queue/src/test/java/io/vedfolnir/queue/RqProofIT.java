// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.queue.rq.RqJobInspector;
import io.vedfolnir.queue.rq.RqJobQueue;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import io.vedfolnir.testkit.python.PythonEnvironment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every feature against real RQ, in both directions, for each version and serializer. */
class RqProofIT {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  @TempDir Path folder;

  private QueueRig rig;
  private JobInspector inspector;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    rig = new QueueRig(endpoint);
    rig.clear();
    inspector = RqJobInspector.open(rig.redis);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private PythonRq python(String line) throws Exception {
    return PythonRq.of(line, folder, rig.endpoint.uri(Role.TEST));
  }

  private static String id(Map<String, ?> ids, String name) {
    return String.valueOf(ids.get(name));
  }

  private static RemoteCall add(int a, int b) {
    return RemoteCall.of("examples.add", a).with("b", b);
  }

  /** One job for each thing that a producer can ask for. */
  private static Map<String, Enqueue> features() {
    Map<String, Enqueue> features = new LinkedHashMap<>();
    Enqueue plain = Enqueue.defaults();
    features.put("plain", plain);
    features.put("id", plain.withId("id-" + UUID.randomUUID()));
    features.put("at front", plain.atFront());
    features.put("meta", plain.withMeta(Map.of("user_id", 7, "tags", List.of("a", "b"))));
    features.put("timeout", plain.withTimeout(ofSeconds(60)));
    features.put("no timeout", plain.withTimeout(Enqueue.FOREVER));
    features.put("job ttl", plain.withJobTtl(ofMinutes(10)));
    features.put("no job ttl", plain.withJobTtl(Enqueue.FOREVER));
    features.put("result ttl", plain.withResultTtl(ofMinutes(10)));
    features.put("result for ever", plain.withResultTtl(Enqueue.FOREVER));
    features.put("failure ttl", plain.withFailureTtl(ofMinutes(10)));
    features.put("description", plain.withDescription("two and three"));
    features.put("retry", plain.withRetry(Retry.times(3).every(ofSeconds(10), ofSeconds(20))));
    return features;
  }

  @ParameterizedTest
  @CsvSource({"1.13, pickle", "1.13, json", "1.16, pickle", "1.16, json", "2, pickle", "2, json"})
  void pythonRunsEveryFeatureThatJavaEnqueues(String line, String serializer) throws Exception {
    PayloadFormat format = PayloadFormat.valueOf(serializer.toUpperCase(java.util.Locale.ROOT));
    Map<String, String> ids = new LinkedHashMap<>();
    int number = 0;
    for (Map.Entry<String, Enqueue> feature : features().entrySet()) {
      Enqueue options = feature.getValue().withFormat(format);
      ids.put(feature.getKey(), rig.queue.enqueue(add(number++, 100), options).id());
    }
    String failing =
        rig.queue
            .enqueue(
                RemoteCall.of("examples.fail", "no picture"),
                Enqueue.defaults().withFormat(format).withRetry(Retry.times(1)))
            .id();

    python(line).worker(serializer, rig.queueName);

    number = 0;
    for (Map.Entry<String, String> job : ids.entrySet()) {
      JobDetails details = inspector.show(job.getValue()).orElseThrow();
      assertThat(details.job().status()).as(job.getKey()).isEqualTo(JobStatus.FINISHED);
      assertThat(details.job().result().orElseThrow().value()).contains(100L + number);
      assertThat(details.call())
          .contains(RemoteCall.of("examples.add", (long) number).with("b", 100L));
      assertThat(details.format()).contains(format);
      number++;
    }
    assertThat(inspector.show(id(ids, "meta")).orElseThrow().meta())
        .containsEntry("user_id", 7L)
        .containsEntry("tags", List.of("a", "b"));
    assertThat(rig.look.ttl("rq:results:" + id(ids, "result ttl"))).isBetween(1L, 600L);
    assertThat(rig.look.ttl("rq:job:" + id(ids, "result for ever"))).isEqualTo(-1);
    JobDetails failed = inspector.show(failing).orElseThrow();
    assertThat(failed.job().status()).isEqualTo(JobStatus.FAILED);
    assertThat(failed.job().retriesLeft()).isZero();
    assertThat(failed.history().get(0).exceptionText().orElseThrow().strip())
        .endsWith("ValueError: no picture");
    assertThat(inspector.explain(failing)).isInstanceOf(Explanation.Ended.class);
  }

  private static final String ENQUEUE_ALL =
      """
      jobs = {
          'plain': queue.enqueue('examples.add', 2, b=3),
          'meta': queue.enqueue('examples.echo', [1, 'zwei', None], meta={'user_id': 7}),
          'options': queue.enqueue('examples.add', 2, job_id='py-options', job_timeout=60, ttl=600,
                                   result_ttl=700, failure_ttl=800, description='described',
                                   retry=Retry(max=2, interval=[10, 20])),
          'front': queue.enqueue('examples.add', 1, at_front=True),
          'failing': queue.enqueue('examples.fail', 'no picture'),
          'later': queue.enqueue_in(datetime.timedelta(hours=1), 'examples.add', 1),
      }
      jobs['child'] = queue.enqueue('examples.add', 1, depends_on=jobs['failing'])
      print(json.dumps({key: job.id for key, job in jobs.items()}))
      """;

  @ParameterizedTest
  @CsvSource({"1.13, pickle", "1.13, json", "1.16, pickle", "1.16, json", "2, pickle", "2, json"})
  void javaInspectsAndSteersWhatPythonEnqueues(String line, String serializer) throws Exception {
    PythonRq python = python(line);
    Map<String, Object> ids = python.object(rig.queueName, serializer, ENQUEUE_ALL);
    String failing = id(ids, "failing");
    String child = id(ids, "child");

    JobDetails options = inspector.show("py-options").orElseThrow();
    assertThat(options.job().timeout()).contains(ofSeconds(60));
    assertThat(options.job().jobTtl()).contains(ofMinutes(10));
    assertThat(options.job().resultTtl()).contains(ofSeconds(700));
    assertThat(options.job().failureTtl()).contains(ofSeconds(800));
    assertThat(options.job().description()).isEqualTo("described");
    assertThat(options.job().retriesLeft()).isEqualTo(2);
    assertThat(inspector.show(id(ids, "meta")).orElseThrow().meta())
        .containsExactly(Map.entry("user_id", 7L));
    assertThat(inspector.list(rig.queueName, JobRegistry.QUEUED, 0, 1).entries().get(0).id())
        .isEqualTo(id(ids, "front"));
    assertThat(rig.queue.explain(id(ids, "later"))).isInstanceOf(Explanation.Scheduled.class);
    assertThat(rig.queue.explain(child))
        .isEqualTo(new Explanation.WaitingForJobs(Map.of(failing, JobStatus.QUEUED)));
    assertThat(inspector.show(child).orElseThrow().dependencies()).containsExactly(failing);
    assertThat(inspector.show(failing).orElseThrow().dependents()).containsExactly(child);
    assertThat(inspector.queues().get(0).count(JobRegistry.DEFERRED)).isOne();

    python.worker(serializer, rig.queueName);
    assertThat(rig.queue.findResult(id(ids, "plain")).orElseThrow().value()).contains(5L);
    assertThat(rig.queue.findResult(id(ids, "meta")).orElseThrow().value())
        .contains(java.util.Arrays.asList(1L, "zwei", null));
    assertThat(rig.queue.explain(child))
        .isEqualTo(new Explanation.WaitingForJobs(Map.of(failing, JobStatus.FAILED)));

    // What Java steers, Python runs on: the failed job again, and the one behind it.
    assertThat(inspector.requeue(failing)).isTrue();
    python.worker(serializer, rig.queueName);
    assertThat(inspector.history(failing)).hasSize(2);
    assertThat(inspector.delete(failing, DependentJobs.ENQUEUE)).isTrue();
    assertThat(inspector.cancel(id(ids, "later"), DependentJobs.LEAVE)).isTrue();
    python.worker(serializer, rig.queueName);
    assertThat(rig.queue.findResult(child).orElseThrow().value()).contains(1L);
    assertThat(
            python.program(
                rig.queueName,
                serializer,
                """
                from rq.registry import CanceledJobRegistry
                print(json.dumps(CanceledJobRegistry(queue=queue).get_job_ids()))
                """))
        .isEqualTo(List.of(id(ids, "later")));
  }

  @Test
  void theApplicationsCaptionTasksRunInTheirFourQueues() throws Exception {
    PriorityQueues queues = PriorityQueues.prefixed();
    Map<String, PriorityQueues.Priority> tasks = new TreeMap<>();
    for (PriorityQueues.Priority priority : PriorityQueues.Priority.values()) {
      String task = UUID.randomUUID().toString();
      tasks.put(task, priority);
      try (JobQueue queue = RqJobQueue.open(rig.redis, queues.name(priority))) {
        queue.enqueue(
            RemoteCall.of("app.services.task.rq.rq_job_processor.process_caption_task", task),
            queues.task(task, priority));
      }
    }
    String urgent = "rq:queue:vedfolnir:rq:urgent";
    assertThat(rig.look.smembers("rq:queues")).hasSize(4).contains(urgent);
    // Its workers listen to other names: nothing runs, and that can be told.
    python("2").worker("pickle", PriorityQueues.bare().names().toArray(String[]::new));
    String first = rig.look.lindex(urgent, 0);
    assertThat(inspector.explain(first))
        .isEqualTo(new Explanation.NoWorker("vedfolnir:rq:urgent", List.of()));
    assertThat(inspector.show(first).orElseThrow().job().timeout()).contains(ofMinutes(10));

    python("2").worker("pickle", queues.names().toArray(String[]::new));
    for (String task : tasks.keySet()) {
      assertThat(inspector.history(task).get(0).value())
          .contains(Map.of("task_id", task, "success", true, "captions_generated", 3L));
    }
  }

  @Test
  void rqsOwnCommandsShowAndSteerOurJobs() throws Exception {
    PythonRq python = python("2");
    Job failing = rig.queue.enqueue(RemoteCall.of("examples.none"));
    rig.burst(rig.settings());
    Job waiting = rig.queue.enqueue(add(1, 1));

    assertThat(python.cli("info", "--raw")).contains("queue " + rig.queueName + " 1");

    assertThat(python.cli("requeue", "--queue", rig.queueName, failing.id()))
        .contains("Requeueing 1 jobs");
    assertThat(rig.queue.find(failing.id()).orElseThrow().status()).isEqualTo(JobStatus.QUEUED);

    python.cli("suspend", "--duration", "600");
    assertThat(inspector.isSuspended()).isTrue();
    assertThat(inspector.resume()).isTrue();
    inspector.suspend(Enqueue.FOREVER);
    python.cli("resume");
    assertThat(inspector.isSuspended()).isFalse();
    python.worker("pickle", rig.queueName);
    assertThat(rig.queue.await(waiting.id(), ofSeconds(5)).value()).contains(2L);
  }

  private static final String DASHBOARD =
      """
      from rq_dashboard.cli import make_flask_app
      from rq_dashboard.web import setup_rq_connection
      app = make_flask_app(None, None, None, '')
      app.config['RQ_DASHBOARD_REDIS_URL'] = [url]
      setup_rq_connection(app)
      web = app.test_client()
      waiting, failed, doomed = sys.argv[4:7]
      seen = {
          'queue': [q for q in web.get('/0/data/queues.json').get_json()['queues'] if q['name'] == name][0],
          'jobs': [j['id'] for j in
                   web.get('/0/data/jobs/%s/queued/10/asc/1.json' % name).get_json()['jobs']],
          'job': web.get('/0/data/job/%s.json' % waiting).get_json(),
          'failure': web.get('/0/data/job/%s.json' % failed).get_json(),
          'workers': web.get('/0/data/workers.json').get_json(),
          'requeue': web.post('/job/%s/requeue' % failed).status_code,
          'delete': web.post('/job/%s/delete' % doomed).status_code,
      }
      print(json.dumps(seen))
      """;

  @Test
  @SuppressWarnings("unchecked") // JSON
  void rqDashboardShowsAndSteersOurJobs() throws Exception {
    // The dashboard imports six without asking for it.
    PythonRq python =
        new PythonRq(
            PythonEnvironment.rq("2", List.of("rq-dashboard==0.9.0", "six==1.17.0")),
            folder,
            rig.endpoint.uri(Role.TEST));
    Job failed = rig.queue.enqueue(RemoteCall.of("examples.none"));
    rig.burst(rig.settings());
    Job waiting = rig.queue.enqueue(add(1, 1), Enqueue.defaults().withMeta(Map.of("user_id", 7)));
    Job doomed = rig.queue.enqueue(add(2, 2));
    try (Worker worker =
        io.vedfolnir.queue.worker.RqWorker.start(
            rig.redis,
            WorkerSettings.listeningTo("elsewhere")
                .withName("java-worker")
                .handling("examples.echo", (call, context) -> null))) {
      Map<String, Object> seen =
          python.object(rig.queueName, "pickle", DASHBOARD, waiting.id(), failed.id(), doomed.id());

      assertThat((Map<String, Object>) seen.get("queue"))
          .containsEntry("count", 2L)
          .containsEntry("failed_job_registry_count", 1L);
      assertThat(seen.get("jobs")).isEqualTo(List.of(waiting.id(), doomed.id()));
      assertThat((Map<String, Object>) seen.get("job"))
          .containsEntry("status", "queued")
          .containsEntry("origin", rig.queueName)
          .containsEntry("metadata", "{\"user_id\": 7}");
      assertThat(String.valueOf(seen.get("failure"))).contains("no handler for examples.none");
      assertThat(String.valueOf(seen.get("workers"))).contains(worker.name(), "elsewhere");
      assertThat(seen).containsEntry("requeue", 200L).containsEntry("delete", 200L);
    }
    assertThat(rig.queue.find(failed.id()).orElseThrow().status()).isEqualTo(JobStatus.QUEUED);
    assertThat(rig.queue.find(doomed.id())).isEmpty();
  }
}
