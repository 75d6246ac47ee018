// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.Worker;
import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.RedisServer;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WorkerOutageTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  private QueueRig rig;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    rig = new QueueRig(endpoint);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private WorkerSettings waitingFor(CountDownLatch runs, CountDownLatch goOn) {
    return WorkerSettings.listeningTo(rig.queueName)
        .handling(
            "examples.long",
            (call, context) -> {
              runs.countDown();
              goOn.await();
              return "done";
            });
  }

  @Test
  void aKilledRedisCostsNoResult(RedisServer redis) throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Worker worker =
        rig.start(
            waitingFor(runs, goOn)
                .handling(QueueRig.ADD, (args, context) -> args.a() + args.b())
                .withConcurrency(2));
    Job job = rig.queue.enqueue(RemoteCall.of("examples.long"));
    runs.await();
    redis.kill();
    goOn.countDown();
    redis.restart();
    Awaitility.await()
        .atMost(ofSeconds(30))
        .ignoreExceptions()
        .until(() -> rig.queue.find(job.id()).orElseThrow().status() == JobStatus.FINISHED);
    Awaitility.await().until(() -> worker.counts().finished() == 1);
    Job next =
        Awaitility.await()
            .atMost(ofSeconds(30))
            .ignoreExceptions()
            .until(() -> rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2)), j -> true);
    assertThat(rig.queue.await(QueueRig.ADD, next.id(), ofSeconds(30))).isEqualTo(3);
  }

  @Test
  void refusedWritesDelayAResultAndLoseNone() throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Worker worker = rig.start(waitingFor(runs, goOn));
    Job job = rig.queue.enqueue(RemoteCall.of("examples.long"));
    runs.await();
    rig.look.replicaof("127.0.0.1", 1); // a replica of nobody: READONLY for every write
    goOn.countDown();
    Awaitility.await().until(() -> rig.look.info("errorstats").contains("errorstat_READONLY"));
    assertThat(worker.counts().finished()).isZero();
    assertThatThrownBy(() -> rig.queue.enqueue(RemoteCall.of("examples.long")))
        .isInstanceOfSatisfying(
            RedisAccessException.TemporarilyRefused.class,
            refused -> assertThat(refused.code()).contains("READONLY"));
    rig.look.replicaofNoOne();
    assertThat(rig.queue.await(job.id(), ofSeconds(20)).value()).contains("done");
    Awaitility.await().until(() -> worker.counts().finished() == 1);
  }
}
