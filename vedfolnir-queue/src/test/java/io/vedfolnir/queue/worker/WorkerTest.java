// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobQueue;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.PayloadFormat;
import io.vedfolnir.queue.QueueException;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.Retry;
import io.vedfolnir.queue.Worker;
import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.queue.rq.RqJobQueue;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class WorkerTest {

  private static final Logger log = LoggerFactory.getLogger(WorkerTest.class);

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened();

  private QueueRig rig;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    rig = new QueueRig(endpoint);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private Job end(Job job) {
    rig.queue.await(job.id(), ofSeconds(20));
    return rig.queue.find(job.id()).orElseThrow();
  }

  private String failure(Job job) {
    JobResult result = rig.queue.await(job.id(), ofSeconds(20));
    assertThat(result.outcome()).isEqualTo(JobResult.Outcome.FAILED);
    return result.exceptionText().orElseThrow();
  }

  private void nothingIsLeftRunning() {
    Awaitility.await()
        .untilAsserted(
            () -> {
              assertThat(rig.look.zcard("rq:wip:" + rig.queueName)).isZero();
              assertThat(rig.look.llen("rq:queue:" + rig.queueName + ":intermediate")).isZero();
            });
  }

  @Nested
  class Fetching {

    @Test
    void takesTheUrgentQueueFirst() throws Exception {
      List<String> order = new ArrayList<>();
      String high = rig.queueName + "-high";
      try (JobQueue urgent = RqJobQueue.open(rig.redis, high)) {
        for (int i = 0; i < 3; i++) {
          rig.queue.enqueue(RemoteCall.of("examples.note", "low"));
          urgent.enqueue(RemoteCall.of("examples.note", "high"));
        }
        rig.burst(
            WorkerSettings.listeningTo(high, rig.queueName)
                .handling(
                    "examples.note", (call, context) -> order.add((String) call.args().get(0))));
      }
      assertThat(order).containsExactly("high", "high", "high", "low", "low", "low");
    }

    @Test
    void wakesUpForAnyOfItsQueues() throws Exception {
      String second = rig.queueName + "-b";
      BlockingQueue<Long> started = new LinkedBlockingQueue<>();
      try (JobQueue other = RqJobQueue.open(rig.redis, second)) {
        Worker worker =
            rig.start(
                WorkerSettings.listeningTo(rig.queueName, second)
                    .handling(
                        QueueRig.ADD,
                        (args, context) -> {
                          started.add(System.nanoTime());
                          return args.a() + args.b();
                        }));
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
          JobQueue queue = i % 2 == 0 ? rig.queue : other;
          long from = System.nanoTime();
          queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(i, 1));
          Long began = started.poll(10, TimeUnit.SECONDS);
          assertThat(began).isNotNull();
          micros.add((began - from) / 1_000);
          Awaitility.await().until(() -> worker.state() == Worker.State.IDLE);
        }
        micros.sort(null);
        log.warn(
            "enqueue to handler on an idle worker: p50 {} µs, p95 {} µs",
            micros.get(30),
            micros.get(57));
        assertThat(micros.get(30)).isLessThan(1_000_000);
      }
    }

    @Test
    void runsAsManyAtOnceAsItHasSlots() throws Exception {
      CyclicBarrier all = new CyclicBarrier(4);
      AtomicInteger now = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      for (int i = 0; i < 12; i++) {
        rig.queue.enqueue(RemoteCall.of("examples.meet"));
      }
      rig.burst(
          WorkerSettings.listeningTo(rig.queueName)
              .withConcurrency(4)
              .handling(
                  "examples.meet",
                  (call, context) -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    all.await(10, TimeUnit.SECONDS);
                    now.decrementAndGet();
                    return null;
                  }));
      assertThat(most).hasValue(4);
      assertThat(rig.look.zcard("rq:finished:" + rig.queueName)).isEqualTo(12);
    }

    @Test
    void finishesAThousandJobsOnceEach() throws Exception {
      Map<String, Integer> runs = new ConcurrentHashMap<>();
      List<java.util.concurrent.CompletableFuture<Job>> sent = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        sent.add(
            rig.queue
                .async()
                .enqueue(QueueRig.ADD, new QueueRig.AddArgs(i, 1), Enqueue.defaults())
                .toCompletableFuture());
      }
      sent.forEach(java.util.concurrent.CompletableFuture::join);
      long from = System.nanoTime();
      rig.burst(
          WorkerSettings.listeningTo(rig.queueName)
              .withConcurrency(8)
              .handling(
                  QueueRig.ADD,
                  (args, context) -> {
                    runs.merge(context.id(), 1, Integer::sum);
                    return args.a() + args.b();
                  }));
      log.warn("1000 jobs, 8 slots: {} ms", (System.nanoTime() - from) / 1_000_000);
      assertThat(runs).hasSize(1_000).allSatisfy((id, count) -> assertThat(count).isOne());
      assertThat(rig.look.zcard("rq:finished:" + rig.queueName)).isEqualTo(1_000);
      for (var job : sent) {
        assertThat(rig.look.xlen("rq:results:" + job.join().id())).isOne();
      }
      nothingIsLeftRunning();
    }

    @Test
    void reportsAGhostAndGoesOn() throws Exception {
      Job gone = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
      Job there = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
      rig.look.del("rq:job:" + gone.id());
      try (Worker worker = RqWorker.start(rig.redis, rig.settings().withBurst())) {
        worker.awaitStopped();
        assertThat(worker.counts().ghosts()).isOne();
        assertThat(worker.counts().finished()).isOne();
      }
      assertThat(rig.look.exists("rq:job:" + gone.id())).isZero();
      assertThat(end(there).status()).isEqualTo(JobStatus.FINISHED);
      nothingIsLeftRunning();
    }

    @Test
    void doesNotRunWhatIsNotQueuedAnyMore() throws Exception {
      Job job = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
      rig.look.hset("rq:job:" + job.id(), "status", "canceled");
      try (Worker worker = RqWorker.start(rig.redis, rig.settings().withBurst())) {
        worker.awaitStopped();
        assertThat(worker.counts().skipped()).isOne();
        assertThat(worker.counts().finished()).isZero();
      }
      assertThat(rig.queue.find(job.id()).orElseThrow().status()).isEqualTo(JobStatus.CANCELED);
      nothingIsLeftRunning();
    }
  }

  @Nested
  class BadJobs {

    @Test
    void anUnknownFunctionFailsAndNamesThoseThatAreKnown() {
      rig.start(rig.settings());
      Job job = rig.queue.enqueue(RemoteCall.of("os.system", "true"));
      assertThat(failure(job)).contains("no handler for os.system").contains("[examples.add]");
    }

    @Test
    void aMaliciousPickleFailsAndTouchesNothing() {
      String touched = "/tmp/vedfolnir-" + rig.queueName;
      Job job = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
      String pickle = "cos\nsystem\n(S'touch " + touched + "'\ntR.";
      RedisAccess.await(
          rig.redis.call(
              commands -> commands.hset("rq:job:" + job.id(), "data", bytes("(" + pickle))));
      rig.start(rig.settings());
      assertThat(failure(job)).contains("PayloadRefusedException");
      assertThat(new java.io.File(touched)).doesNotExist();
      theWorkerLives();
    }

    @Test
    void brokenAndOversizedPayloadsFailWithTheReason() {
      Job broken = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
      Job large = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
      rig.look.hset("rq:job:" + broken.id(), "data", "x\u0001garbage");
      rig.look.hset("rq:job:" + large.id(), "data", "x".repeat(5_000));
      rig.start(rig.settings().withMaxPayload(4_096));
      assertThat(failure(broken)).contains("PayloadRefusedException");
      assertThat(failure(large)).contains("maxPayload");
      theWorkerLives();
    }

    @Test
    void wrongArgumentsFailAndNameThem() {
      rig.start(rig.settings());
      assertThat(failure(rig.queue.enqueue(RemoteCall.of("examples.add", 1, 2, 3))))
          .contains("takes 2 arguments, not 3");
      assertThat(failure(rig.queue.enqueue(RemoteCall.of("examples.add", 1).with("a", 2))))
          .contains("two values for argument a");
      assertThat(failure(rig.queue.enqueue(RemoteCall.of("examples.add").with("c", 2))))
          .contains("other arguments");
    }

    @Test
    void anUnreadableHashFailsAndIsMadeHarmless() throws Exception {
      Job job = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
      rig.look.hset("rq:job:" + job.id(), Map.of("timeout", "3m", "created_at", "yesterday"));
      assertThatThrownBy(() -> rig.queue.find(job.id()))
          .isInstanceOf(QueueException.Unreadable.class)
          .hasMessageContaining("timeout")
          .hasMessageNotContaining("3m");
      rig.start(rig.settings());
      assertThat(failure(job)).contains("timeout").contains("created_at");
      assertThat(rig.queue.find(job.id()).orElseThrow().status()).isEqualTo(JobStatus.FAILED);
      assertThat(rig.look.zscore("rq:failed:" + rig.queueName, job.id())).isNotNull();
      theWorkerLives();
      nothingIsLeftRunning();
    }

    @Test
    void entriesThatAreNoJobsAreDropped() {
      rig.look.rpush("rq:queue:" + rig.queueName, "a.b:c", "string-key", "");
      rig.look.set("rq:job:string-key", "no hash");
      Worker worker = rig.start(rig.settings());
      theWorkerLives();
      assertThat(worker.counts().unreadable()).isEqualTo(3);
      nothingIsLeftRunning();
      rig.look.del("rq:job:string-key");
    }

    @Test
    void aJobWithPythonCallbacksFailsUpFront() {
      Job job = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
      rig.look.hset("rq:job:" + job.id(), "success_callback_name", "tasks.report");
      rig.start(rig.settings());
      assertThat(failure(job)).contains("no callback for tasks.report");
    }

    private void theWorkerLives() {
      Job after = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(20, 22));
      assertThat(rig.queue.await(QueueRig.ADD, after.id(), ofSeconds(20))).isEqualTo(42);
    }
  }

  @Nested
  class Ends {

    @Test
    void theAnswerIsInTheSerializerOfTheJob() {
      rig.start(rig.settings());
      Job json =
          rig.queue.enqueue(
              QueueRig.ADD,
              new QueueRig.AddArgs(1, 2),
              Enqueue.defaults().withFormat(PayloadFormat.JSON));
      Job pickle = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
      assertThat(end(json).status()).isEqualTo(JobStatus.FINISHED);
      assertThat(end(pickle).status()).isEqualTo(JobStatus.FINISHED);
      assertThat(returned(json)).isEqualTo("Mw=="); // base64 of 3
      assertThat(returned(pickle)).startsWith("gA"); // base64 of 0x80
    }

    private String returned(Job job) {
      return rig.look
          .xrevrange("rq:results:" + job.id(), Range.unbounded(), Limit.from(1))
          .get(0)
          .getBody()
          .getOrDefault("return_value", "");
    }

    @Test
    void noneIsStoredAsRqDoes() {
      rig.start(rig.settings().handling("examples.nothing", (call, context) -> null));
      Job job = rig.queue.enqueue(RemoteCall.of("examples.nothing"));
      assertThat(rig.queue.await(job.id(), ofSeconds(10)).value()).isEmpty();
      assertThat(
              rig.look
                  .xrevrange("rq:results:" + job.id(), Range.unbounded(), Limit.from(1))
                  .get(0)
                  .getBody())
          .doesNotContainKey("return_value")
          .containsEntry("type", "1");
    }

    @Test
    void retriesAreCountedAndTheLastFailureStays() {
      AtomicInteger runs = new AtomicInteger();
      Set<Integer> attempts = ConcurrentHashMap.newKeySet();
      Worker worker =
          rig.start(
              rig.settings()
                  .handling(
                      "examples.fail",
                      (call, context) -> {
                        attempts.add(context.attempt());
                        throw new IllegalStateException("run " + runs.incrementAndGet());
                      }));
      Job job =
          rig.queue.enqueue(
              RemoteCall.of("examples.fail"), Enqueue.defaults().withRetry(Retry.times(2)));
      assertThat(failure(job)).endsWith("run 3\n");
      assertThat(attempts).containsExactlyInAnyOrder(1, 2, 3);
      assertThat(rig.look.xlen("rq:results:" + job.id())).isOne();
      assertThat(rig.look.ttl("rq:results:" + job.id())).isPositive();
      Awaitility.await()
          .until(() -> worker.counts().retried() == 2 && worker.counts().failed() == 1);
      nothingIsLeftRunning();
    }

    @Test
    void aBurstAlsoRunsWhatItsOwnJobsQueueAgain() throws Exception {
      AtomicInteger runs = new AtomicInteger();
      rig.queue.enqueue(
          RemoteCall.of("examples.fail"), Enqueue.defaults().withRetry(Retry.times(20)));
      rig.burst(
          rig.settings()
              .withConcurrency(2)
              .handling(
                  "examples.fail",
                  (call, context) -> {
                    throw new IllegalStateException("run " + runs.incrementAndGet());
                  }));
      assertThat(runs).hasValue(21);
    }

    @Test
    void aRetryAfterAPauseIsScheduled() throws Exception {
      Job job =
          rig.queue.enqueue(
              RemoteCall.of("examples.fail"),
              Enqueue.defaults()
                  .withRetry(
                      Retry.times(4).every(Duration.ofSeconds(10), Duration.ofSeconds(100))));
      rig.burst(
          rig.settings()
              .handling(
                  "examples.fail",
                  (call, context) -> {
                    throw new IllegalStateException("no");
                  }));
      Job after = rig.queue.find(job.id()).orElseThrow();
      assertThat(after.status()).isEqualTo(JobStatus.SCHEDULED);
      assertThat(after.retriesLeft()).isEqualTo(3);
      double due = rig.look.zscore("rq:scheduled:" + rig.queueName, job.id());
      assertThat(due - rig.redis.clock().instant().getEpochSecond()).isBetween(5.0, 11.0);
      nothingIsLeftRunning();
    }

    @Test
    void aHandlerThatIsTooSlowIsInterrupted() {
      rig.start(
          rig.settings()
              .handling(
                  "examples.sleep",
                  (call, context) -> {
                    new CountDownLatch(1).await();
                    return "never";
                  }));
      Job job =
          rig.queue.enqueue(
              RemoteCall.of("examples.sleep"), Enqueue.defaults().withTimeout(ofSeconds(1)));
      assertThat(failure(job))
          .isEqualTo(
              "rq.timeouts.JobTimeoutException: Task exceeded maximum timeout value (1 seconds)\n");
      Job next = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
      assertThat(rig.queue.await(QueueRig.ADD, next.id(), ofSeconds(10))).isEqualTo(3);
    }

    @Test
    void aHandlerThatDoesNotReactLosesItsSlotAndItsResult() {
      Semaphore late = new Semaphore(0);
      Worker worker =
          rig.start(
              rig.settings()
                  .withInterruptGrace(ofMillis(100))
                  .handling(
                      "examples.deaf",
                      (call, context) -> {
                        late.acquireUninterruptibly();
                        return "too late";
                      }));
      Job job =
          rig.queue.enqueue(
              RemoteCall.of("examples.deaf"), Enqueue.defaults().withTimeout(ofSeconds(1)));
      assertThat(failure(job)).contains("JobTimeoutException");
      Job next = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
      assertThat(rig.queue.await(QueueRig.ADD, next.id(), ofSeconds(10))).isEqualTo(3);
      late.release();
      Awaitility.await().until(() -> worker.counts().refused() == 1);
      assertThat(rig.queue.find(job.id()).orElseThrow().status()).isEqualTo(JobStatus.FAILED);
      assertThat(rig.look.xlen("rq:results:" + job.id())).isOne();
    }

    @Test
    void aResultTtlOfZeroLeavesNothing() throws Exception {
      Job job =
          rig.queue.enqueue(
              QueueRig.ADD,
              new QueueRig.AddArgs(1, 2),
              Enqueue.defaults().withResultTtl(Duration.ZERO));
      rig.burst(rig.settings());
      assertThat(rig.look.exists("rq:job:" + job.id(), "rq:results:" + job.id())).isZero();
      assertThat(rig.look.zcard("rq:finished:" + rig.queueName)).isZero();
      nothingIsLeftRunning();
    }

    @Test
    void whoWaitedForAJobIsQueuedWhenItEnds() {
      Job parent = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
      Job child = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(3, 4));
      rig.look.lrem("rq:queue:" + rig.queueName, 0, child.id());
      rig.look.hset(
          "rq:job:" + child.id(),
          Map.of("status", "deferred", "dependency_ids", "[\"" + parent.id() + "\"]"));
      rig.look.zadd("rq:deferred:" + rig.queueName, 1, child.id());
      rig.look.sadd("rq:job:" + parent.id() + ":dependents", child.id());
      rig.look.sadd("rq:job::" + child.id() + ":dependencies", parent.id());
      rig.start(rig.settings());
      assertThat(rig.queue.await(QueueRig.ADD, child.id(), ofSeconds(10))).isEqualTo(7);
      assertThat(rig.look.zcard("rq:deferred:" + rig.queueName)).isZero();
    }
  }

  @Nested
  class Fence {

    @Test
    void aJobThatWasTakenOverKeepsTheOthersResult() throws Exception {
      assertThat(takenOver(true)).isEqualTo("[failed, []]");
    }

    @Test
    void aNaiveCompletionWritesOverIt() throws Exception {
      assertThat(takenOver(false)).isEqualTo("[finished, [1]]");
    }

    // Maintenance finds a run abandoned while its worker only slept.
    private String takenOver(boolean fenced) throws Exception {
      CountDownLatch runs = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      Job job = rig.queue.enqueue(RemoteCall.of("examples.long"));
      ConcurrentLinkedQueue<String> executions = new ConcurrentLinkedQueue<>();
      Worker worker =
          rig.start(
              WorkerSettings.listeningTo(rig.queueName)
                  .handling(
                      "examples.long",
                      (call, context) -> {
                        executions.add(context.executionId());
                        runs.countDown();
                        goOn.await();
                        return "late";
                      }));
      runs.await();
      rig.look.multi();
      rig.look.hset("rq:job:" + job.id(), "status", "failed");
      rig.look.zrem("rq:wip:" + rig.queueName, job.id() + ":" + executions.peek());
      rig.look.del("rq:execution:" + job.id() + ":" + executions.peek());
      rig.look.exec();
      if (!fenced) {
        naiveCompletion(job);
      }
      goOn.countDown();
      Awaitility.await().until(() -> worker.counts().refused() == 1);
      return List.of(
              rig.look.hget("rq:job:" + job.id(), "status"),
              rig.look.xrange("rq:results:" + job.id(), Range.unbounded()).stream()
                  .map(entry -> entry.getBody().get("type"))
                  .toList())
          .toString();
    }

    /** A completion that asks nobody whether the job is still its own. */
    private void naiveCompletion(Job job) {
      rig.look.multi();
      rig.look.hset("rq:job:" + job.id(), "status", "finished");
      rig.look.xadd("rq:results:" + job.id(), Map.of("type", "1"));
      rig.look.exec();
    }

    @Test
    void anEvictedExecutionKeyCostsNoResult() throws Exception {
      CountDownLatch runs = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      Job job = rig.queue.enqueue(RemoteCall.of("examples.long"));
      ConcurrentLinkedQueue<String> executions = new ConcurrentLinkedQueue<>();
      rig.start(
          WorkerSettings.listeningTo(rig.queueName)
              .handling(
                  "examples.long",
                  (call, context) -> {
                    executions.add(context.executionId());
                    runs.countDown();
                    goOn.await();
                    return "kept";
                  }));
      runs.await();
      assertThat(rig.look.del("rq:execution:" + job.id() + ":" + executions.peek())).isOne();
      goOn.countDown();
      assertThat(rig.queue.await(job.id(), ofSeconds(10)).value()).contains("kept");
    }

    @Test
    void aDeletedJobIsNotBroughtBackByItsResult() throws Exception {
      CountDownLatch runs = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      Job job = rig.queue.enqueue(RemoteCall.of("examples.long"));
      Worker worker =
          rig.start(
              WorkerSettings.listeningTo(rig.queueName)
                  .withHeartbeat(ofSeconds(1))
                  .handling(
                      "examples.long",
                      (call, context) -> {
                        runs.countDown();
                        while (!context.isCancelled()) {
                          if (goOn.await(50, TimeUnit.MILLISECONDS)) {
                            return "not cancelled";
                          }
                        }
                        return "cancelled";
                      }));
      runs.await();
      rig.look.del("rq:job:" + job.id());
      Awaitility.await().atMost(ofSeconds(10)).until(() -> worker.counts().refused() == 1);
      assertThat(rig.look.exists("rq:job:" + job.id(), "rq:results:" + job.id())).isZero();
    }
  }
}
