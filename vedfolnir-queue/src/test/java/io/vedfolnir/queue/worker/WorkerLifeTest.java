// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.QueueException;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.Retry;
import io.vedfolnir.queue.Worker;
import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WorkerLifeTest {

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

  private static List<String> threads(Worker worker) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("vedfolnir-worker-" + worker.name()))
        .toList();
  }

  private long connections() {
    return rig.look
        .clientList()
        .lines()
        .filter(line -> line.contains("user=vedfolnir-queue"))
        .count();
  }

  @Test
  void isVisibleWhileItLivesAndGoneWhenClosed() {
    long before = connections();
    Worker worker = rig.start(rig.settings().withName("w1"));
    Awaitility.await()
        .untilAsserted(() -> assertThat(rig.look.hget("rq:worker:w1", "state")).isEqualTo("idle"));
    assertThat(rig.look.smembers("rq:workers")).contains("rq:worker:w1");
    assertThat(rig.look.smembers("rq:workers:" + rig.queueName)).containsExactly("rq:worker:w1");
    assertThat(rig.look.hgetall("rq:worker:w1"))
        .containsKeys("birth", "last_heartbeat", "pid", "hostname", "version", "python_version")
        .containsEntry("queues", rig.queueName);
    assertThat(threads(worker)).isNotEmpty();
    assertThat(connections()).isGreaterThan(before);

    worker.close();

    assertThat(worker.state()).isEqualTo(Worker.State.STOPPED);
    assertThat(rig.look.smembers("rq:workers")).doesNotContain("rq:worker:w1");
    assertThat(rig.look.exists("rq:workers:" + rig.queueName)).isZero();
    assertThat(rig.look.hexists("rq:worker:w1", "death")).isTrue();
    assertThat(rig.look.ttl("rq:worker:w1")).isBetween(1L, 60L);
    Awaitility.await().untilAsserted(() -> assertThat(threads(worker)).isEmpty());
    Awaitility.await()
        .untilAsserted(() -> assertThat(connections()).isLessThanOrEqualTo(before + 1));
  }

  @Test
  void twoOfOneNameCannotLiveAtOnce() {
    Worker first = rig.start(rig.settings().withName("twin"));
    assertThatThrownBy(() -> RqWorker.start(rig.redis, rig.settings().withName("twin")))
        .isInstanceOf(QueueException.WorkerNameTaken.class);
    first.close();
    rig.start(rig.settings().withName("twin"));
  }

  @Test
  void withoutHandlersOrWithABadQueueItDoesNotStart() {
    assertThatThrownBy(() -> RqWorker.start(rig.redis, WorkerSettings.listeningTo("q")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                RqWorker.start(
                    rig.redis,
                    WorkerSettings.listeningTo("a*b").handling("f", (call, context) -> null)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void closingWaitsForWhatRunsAndLeavesTheRestInTheQueue() throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Worker worker = rig.start(waitingFor(runs, goOn));
    Job running = rig.queue.enqueue(RemoteCall.of("examples.long"));
    runs.await();
    Job waiting = rig.queue.enqueue(RemoteCall.of("examples.long"));
    Thread closing = new Thread(worker::close);
    closing.start();
    Awaitility.await().until(() -> worker.state() == Worker.State.STOPPING);
    goOn.countDown();
    closing.join();
    assertThat(rig.queue.find(running.id()).orElseThrow().status()).isEqualTo(JobStatus.FINISHED);
    assertThat(rig.look.lrange("rq:queue:" + rig.queueName, 0, -1)).containsExactly(waiting.id());
    assertThat(rig.look.llen("rq:queue:" + rig.queueName + ":intermediate")).isZero();
  }

  @Test
  void whatRunsLongerThanTheGraceIsRetriedOrFailed() throws Exception {
    CountDownLatch runs = new CountDownLatch(2);
    Worker worker =
        rig.start(
            waitingFor(runs, new CountDownLatch(1))
                .withConcurrency(2)
                .withShutdownGrace(ofMillis(100)));
    Job once = rig.queue.enqueue(RemoteCall.of("examples.long"));
    Job again =
        rig.queue.enqueue(
            RemoteCall.of("examples.long"), Enqueue.defaults().withRetry(Retry.times(1)));
    runs.await();
    worker.close();
    assertThat(rig.queue.find(once.id()).orElseThrow().status()).isEqualTo(JobStatus.FAILED);
    assertThat(rig.queue.findResult(once.id()).orElseThrow().exceptionText().orElseThrow())
        .contains("the worker was closed");
    assertThat(rig.queue.find(again.id()).orElseThrow().status()).isEqualTo(JobStatus.QUEUED);
    assertThat(rig.look.lrange("rq:queue:" + rig.queueName, 0, -1)).containsExactly(again.id());
    assertThat(rig.look.zcard("rq:wip:" + rig.queueName)).isZero();
  }

  @Test
  void whatWasClaimedAndNotStartedGoesBackToTheFront() throws Exception {
    Job first = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    Job second = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    rig.look.lmove(
        "rq:queue:" + rig.queueName,
        "rq:queue:" + rig.queueName + ":intermediate",
        io.lettuce.core.LMoveArgs.Builder.leftRight());
    var workshop =
        new Workshop(
            rig.redis,
            new io.vedfolnir.queue.rq.RqKeys("rq:"),
            new io.vedfolnir.queue.codec.PayloadCodec(
                io.vedfolnir.queue.codec.PayloadLimits.defaults()),
            rig.settings(),
            "nobody",
            new Tally(),
            new Patience());
    byte[] claimed = io.vedfolnir.queue.rq.RqKeys.bytes(first.id());
    assertThat(new Return(workshop).toFront(rig.queueName, claimed)).isTrue();
    assertThat(new Return(workshop).toFront(rig.queueName, claimed)).isFalse(); // a lost reply
    assertThat(rig.look.lrange("rq:queue:" + rig.queueName, 0, -1))
        .containsExactly(first.id(), second.id());
    assertThat(rig.look.llen("rq:queue:" + rig.queueName + ":intermediate")).isZero();
  }

  @Test
  void anExpiredWorkerRegistersAgain() {
    Worker worker = rig.start(rig.settings().withName("phoenix").withHeartbeat(ofSeconds(1)));
    rig.look.del("rq:worker:phoenix");
    rig.look.srem("rq:workers", "rq:worker:phoenix");
    Awaitility.await()
        .atMost(ofSeconds(10))
        .untilAsserted(
            () -> {
              assertThat(rig.look.hget("rq:worker:phoenix", "birth")).isNotNull();
              assertThat(rig.look.smembers("rq:workers")).contains("rq:worker:phoenix");
            });
    assertThat(worker.state()).isEqualTo(Worker.State.IDLE);
  }

  @Test
  void heartbeatsKeepALongRunInItsRegistry() throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    rig.start(waitingFor(runs, goOn).withHeartbeat(ofSeconds(1)));
    Job job = rig.queue.enqueue(RemoteCall.of("examples.long"));
    runs.await();
    double lease = rig.look.zrangeWithScores("rq:wip:" + rig.queueName, 0, 0).get(0).getScore();
    Awaitility.await()
        .atMost(ofSeconds(10))
        .until(
            () ->
                rig.look.zrangeWithScores("rq:wip:" + rig.queueName, 0, 0).get(0).getScore()
                    > lease + 1);
    goOn.countDown();
    rig.queue.await(job.id(), ofSeconds(10));
  }
}
