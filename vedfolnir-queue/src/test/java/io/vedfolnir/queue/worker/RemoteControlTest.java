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
import io.vedfolnir.queue.WorkerSettings.Abandoned;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Stop, kill, shut down, suspend. */
class RemoteControlTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  private QueueRig rig;
  private final CountDownLatch runs = new CountDownLatch(1);

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    rig = new QueueRig(endpoint);
  }

  @AfterEach
  void close() throws Exception {
    rig.look.del("rq:suspended");
    rig.close();
  }

  private WorkerSettings endless() {
    return rig.settings()
        .withName("w-" + rig.queueName)
        .handling(
            "examples.endless",
            (call, context) -> {
              runs.countDown();
              new CountDownLatch(1).await();
              return null;
            });
  }

  private void send(String command) {
    assertThat(rig.look.publish("rq:pubsub:w-" + rig.queueName, command)).isOne();
  }

  private JobStatus status(Job job) {
    return rig.queue.find(job.id()).orElseThrow().status();
  }

  @Test
  void aStoppedJobIsNotRetried() throws Exception {
    Worker worker = rig.start(endless());
    Job job =
        rig.queue.enqueue(
            RemoteCall.of("examples.endless"), Enqueue.defaults().withRetry(Retry.times(3)));
    runs.await();
    send("no JSON");
    send("{\"command\": \"dance\"}");
    send("{\"command\": \"stop-job\", \"job_id\": \"another\"}");
    send("{\"command\": \"stop-job\", \"job_id\": \"" + job.id() + "\"}");
    Awaitility.await().until(() -> status(job) == JobStatus.STOPPED);
    assertThat(rig.look.zscore("rq:failed:" + rig.queueName, job.id())).isNotNull();
    assertThat(rig.queue.findResult(job.id()).orElseThrow().exceptionText().orElseThrow())
        .contains("stopped by user");
    assertThat(rig.look.ttl("rq:results:" + job.id())).isPositive();
    Job next = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    assertThat(rig.queue.await(QueueRig.ADD, next.id(), ofSeconds(20))).isEqualTo(3);
    assertThat(worker.counts().failed()).isOne();
  }

  @Test
  void aKilledRunIsAFailureLikeAnother() throws Exception {
    rig.start(endless());
    Job job = rig.queue.enqueue(RemoteCall.of("examples.endless"));
    runs.await();
    send("{\"command\": \"kill-horse\"}");
    Awaitility.await().until(() -> status(job) == JobStatus.FAILED);
    assertThat(rig.queue.findResult(job.id()).orElseThrow().exceptionText().orElseThrow())
        .contains("Work-horse terminated unexpectedly");
  }

  @Test
  void itShutsDownWhenItIsToldTo() throws Exception {
    Worker worker = rig.start(endless());
    send("{\"command\": \"shutdown\"}");
    assertThat(worker.awaitStopped(ofSeconds(20))).isTrue();
  }

  @Test
  void aColdShutdownWaitsForNobodyAndLosesNothing() throws Exception {
    Worker worker = rig.start(endless().withAbandoned(Abandoned.RUN_AGAIN));
    Job job = rig.queue.enqueue(RemoteCall.of("examples.endless"));
    Job next = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    runs.await();
    worker.closeNow();
    assertThat(status(job)).isEqualTo(JobStatus.QUEUED);
    assertThat(rig.look.lrange("rq:queue:" + rig.queueName, 0, -1))
        .containsExactly(job.id(), next.id());
    assertThat(rig.look.zcard("rq:wip:" + rig.queueName)).isZero();
  }

  @Test
  void whileAllAreSuspendedNothingStarts() {
    rig.look.set("rq:suspended", "1");
    Worker worker = rig.start(endless());
    Job job = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    Awaitility.await()
        .until(() -> "suspended".equals(rig.look.hget("rq:worker:" + worker.name(), "state")));
    assertThat(status(job)).isEqualTo(JobStatus.QUEUED);
    Awaitility.await()
        .until(() -> rig.look.lrange("rq:queue:" + rig.queueName, 0, -1).contains(job.id()));
    rig.look.del("rq:suspended");
    assertThat(rig.queue.await(QueueRig.ADD, job.id(), ofSeconds(20))).isEqualTo(3);
  }

  @Test
  void aBurstEndsWhileAllAreSuspended() throws Exception {
    rig.look.set("rq:suspended", "1");
    Job job = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    Worker worker = rig.start(rig.settings().withBurst());
    assertThat(worker.awaitStopped(ofSeconds(20))).isTrue();
    assertThat(rig.look.lrange("rq:queue:" + rig.queueName, 0, -1)).containsExactly(job.id());
  }
}
