// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.Retry;
import io.vedfolnir.queue.Worker;
import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import io.vedfolnir.testkit.python.PythonEnvironment;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The worker as the newest RQ 2.x sees it, steers it and repairs beside it. */
class WorkerLifeIT {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  private static final String WORKERS =
      """
      import sys
      from redis import Redis
      from rq import Queue, Worker
      redis = Redis.from_url(sys.argv[1])
      for worker in Worker.all(queue=Queue(sys.argv[2], connection=redis)):
          print(worker.name, worker.get_state(), worker.get_current_job_id(),
                ','.join(worker.queue_names()), worker.successful_job_count, worker.pid,
                worker.hostname, worker.last_heartbeat is not None)
      registry = Queue(sys.argv[2], connection=redis).started_job_registry
      print(registry.get_job_and_execution_ids(cleanup=False))
      """;

  private static final String STOP =
      """
      import sys
      from redis import Redis
      from rq.command import send_stop_job_command
      send_stop_job_command(Redis.from_url(sys.argv[1]), sys.argv[2])
      """;

  private static final String SHUTDOWN =
      """
      import sys
      from redis import Redis
      from rq.command import send_shutdown_command
      send_shutdown_command(Redis.from_url(sys.argv[1]), sys.argv[2])
      """;

  private static final String SUSPEND =
      """
      import sys
      from redis import Redis
      from rq.suspension import suspend, resume
      (suspend if sys.argv[2] == 'suspend' else resume)(Redis.from_url(sys.argv[1]))
      """;

  private static final String SWEEP =
      """
      import sys
      from redis import Redis
      from rq import Queue, SimpleWorker
      redis = Redis.from_url(sys.argv[1])
      SimpleWorker([Queue(sys.argv[2], connection=redis)], connection=redis).clean_registries()
      """;

  private final CountDownLatch runs = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private PythonEnvironment python;
  private QueueRig rig;
  private String name;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    python = PythonEnvironment.rq("2");
    rig = new QueueRig(endpoint);
    name = "w-" + rig.queueName;
  }

  @AfterEach
  void close() throws Exception {
    goOn.countDown();
    if (rig != null) { // there is none where there is no Python
      rig.close();
    }
  }

  private String run(String program, String... arguments) throws Exception {
    String[] all = new String[arguments.length + 1];
    all[0] = rig.endpoint.uri(Role.TEST);
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return python.run(program, all);
  }

  private WorkerSettings waiting() {
    return rig.settings()
        .withName(name)
        .handling(
            "examples.long",
            (call, context) -> {
              runs.countDown();
              goOn.await();
              return "done";
            });
  }

  private JobStatus status(Job job) {
    return rig.queue.find(job.id()).orElseThrow().status();
  }

  private String rqInfo() throws Exception {
    return run(
        """
        import sys
        from rq.cli import main
        sys.argv = ['rq', 'info', '--url', sys.argv[1]]
        main()
        """);
  }

  @Test
  void rqListsItWhatItRunsAndItsEnd() throws Exception {
    Worker worker = rig.start(waiting());
    Job first = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    rig.queue.await(QueueRig.ADD, first.id(), ofSeconds(20));
    Awaitility.await().until(() -> worker.counts().finished() == 1);
    Job job = rig.queue.enqueue(RemoteCall.of("examples.long"));
    runs.await();
    assertThat(run(WORKERS, rig.queueName))
        .contains(name + " busy " + job.id() + " " + rig.queueName + " 1 ")
        .contains("('" + job.id() + "', '");
    assertThat(rqInfo()).contains(name).contains("busy " + rig.queueName);
    goOn.countDown();
    rig.queue.await(job.id(), ofSeconds(20));
    Awaitility.await().until(() -> "idle".equals(rig.look.hget("rq:worker:" + name, "state")));
    assertThat(rqInfo()).contains("idle " + rig.queueName);
    worker.close();
    assertThat(run(WORKERS, rig.queueName)).doesNotContain(name);
  }

  @Test
  void rqStopsAJobAndShutsItDown() throws Exception {
    Worker worker = rig.start(waiting());
    Job job = rig.queue.enqueue(RemoteCall.of("examples.long"));
    runs.await();
    run(STOP, job.id());
    Awaitility.await().until(() -> status(job) == JobStatus.STOPPED);
    run(SHUTDOWN, name);
    assertThat(worker.awaitStopped(ofSeconds(20))).isTrue();
  }

  @Test
  void rqSuspendsAndResumesIt() throws Exception {
    rig.start(waiting());
    run(SUSPEND, "suspend");
    Job job = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    Awaitility.await().until(() -> "suspended".equals(rig.look.hget("rq:worker:" + name, "state")));
    assertThat(status(job)).isEqualTo(JobStatus.QUEUED);
    run(SUSPEND, "resume");
    assertThat(rig.queue.await(QueueRig.ADD, job.id(), ofSeconds(20))).isEqualTo(3);
  }

  @Test
  void rqsMaintenanceLeavesWhatRunsAlone() throws Exception {
    rig.start(waiting());
    Job job = rig.queue.enqueue(RemoteCall.of("examples.long"));
    runs.await();
    run(SWEEP, rig.queueName);
    run(SWEEP, rig.queueName);
    assertThat(status(job)).isEqualTo(JobStatus.STARTED);
    goOn.countDown();
    assertThat(rig.queue.await(job.id(), ofSeconds(20)).value()).contains("done");
  }

  @Test
  void whatRqsMaintenanceTookAwayIsRefused() throws Exception {
    Worker worker = rig.start(waiting());
    Job job =
        rig.queue.enqueue(
            RemoteCall.of("examples.long"), Enqueue.defaults().withRetry(Retry.times(1)));
    runs.await();
    String member = rig.look.zrange("rq:wip:" + rig.queueName, 0, 0).get(0);
    rig.look.zadd("rq:wip:" + rig.queueName, 1, member);
    run(SWEEP, rig.queueName);
    assertThat(status(job)).isEqualTo(JobStatus.QUEUED);
    goOn.countDown();
    // The first run is refused, the second, which Python queued, is recorded.
    assertThat(rig.queue.await(job.id(), ofSeconds(20)).value()).contains("done");
    Awaitility.await().until(() -> worker.counts().finished() == 1);
    assertThat(worker.counts().refused()).isOne();
    assertThat(rig.look.xlen("rq:results:" + job.id())).isOne();
  }

  @Test
  void whatAPythonWorkerLeftWhenItDiedRunsAgain() {
    Job job =
        rig.queue.enqueue(
            QueueRig.ADD, new QueueRig.AddArgs(1, 2), Enqueue.defaults().withRetry(Retry.times(1)));
    // As Python leaves it behind when it is killed while it runs the job.
    rig.look.lrem("rq:queue:" + rig.queueName, 0, job.id());
    rig.look.hset(
        "rq:job:" + job.id(),
        Map.of(
            "status", "started",
            "started_at", "2026-01-31T10:00:00.000000Z",
            "last_heartbeat", "2026-01-31T10:00:00.000000Z",
            "worker_name", "python"));
    rig.look.zadd(
        "rq:wip:" + rig.queueName,
        1,
        job.id() + ":" + UUID.randomUUID().toString().replace("-", ""));
    rig.start(waiting());
    assertThat(rig.queue.await(QueueRig.ADD, job.id(), ofSeconds(20))).isEqualTo(3);
  }
}
