// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobEnd;
import io.vedfolnir.queue.JobQueue;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.Retry;
import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.queue.rq.RqJobQueue;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Callbacks, repeats, the order of queues, and what runs the handlers. */
class CallbacksAndRepeatsTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened();

  private final List<JobEnd> ends = new CopyOnWriteArrayList<>();
  private QueueRig rig;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    rig = new QueueRig(endpoint);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private Job calling(RemoteCall call, String end, Enqueue options) {
    Job job = rig.queue.enqueue(call, options);
    rig.look.hset(
        "rq:job:" + job.id(),
        Map.of(end + "_callback_name", "reports.note", end + "_callback_timeout", "1"));
    return job;
  }

  private WorkerSettings noting() {
    return rig.settings()
        .handling(
            "examples.fail",
            (call, context) -> {
              throw new IllegalStateException("on purpose");
            })
        .callingBack("reports.note", (context, end) -> ends.add(end));
  }

  private JobStatus status(Job job) {
    return rig.queue.find(job.id()).orElseThrow().status();
  }

  @Test
  void aSuccessIsTold() throws Exception {
    Job job = calling(RemoteCall.of("examples.add", 1, 2), "success", Enqueue.defaults());
    rig.burst(noting());
    assertThat(ends).containsExactly(new JobEnd.Succeeded(Optional.of(3)));
    assertThat(status(job)).isEqualTo(JobStatus.FINISHED);
  }

  @Test
  void aCallbackThatFailsMakesTheJobFail() throws Exception {
    Job job = calling(RemoteCall.of("examples.add", 1, 2), "success", Enqueue.defaults());
    rig.burst(
        rig.settings()
            .callingBack(
                "reports.note",
                (context, end) -> {
                  throw new IllegalStateException("no paper");
                }));
    assertThat(status(job)).isEqualTo(JobStatus.FAILED);
    assertThat(rig.queue.findResult(job.id()).orElseThrow().exceptionText().orElseThrow())
        .contains("no paper");
  }

  @Test
  void aCallbackHasItsOwnTimeout() throws Exception {
    Job job = calling(RemoteCall.of("examples.add", 1, 2), "success", Enqueue.defaults());
    rig.burst(
        rig.settings()
            .callingBack("reports.note", (context, end) -> new CountDownLatch(1).await()));
    assertThat(status(job)).isEqualTo(JobStatus.FAILED);
    assertThat(rig.queue.findResult(job.id()).orElseThrow().exceptionText().orElseThrow())
        .contains("InterruptedException");
  }

  @Test
  void everyFailureIsToldAlsoIfARetryFollows() throws Exception {
    Job job =
        calling(
            RemoteCall.of("examples.fail"),
            "failure",
            Enqueue.defaults().withRetry(Retry.times(2)));
    rig.burst(noting());
    assertThat(ends)
        .hasSize(3)
        .allSatisfy(
            end -> assertThat(((JobEnd.Failed) end).exceptionText()).contains("on purpose"));
    assertThat(status(job)).isEqualTo(JobStatus.FAILED);
    assertThat(rig.look.ttl("rq:results:" + job.id())).isPositive();
  }

  @Test
  void aRepeatedJobRunsAgainAndIsScheduledByItsLastInterval() throws Exception {
    Job job = rig.queue.enqueue(RemoteCall.of("examples.add", 1, 2));
    rig.look.hset(
        "rq:job:" + job.id(), Map.of("repeats_left", "3", "repeat_intervals", "[70, 0, 0]"));
    rig.burst(rig.settings());
    assertThat(rig.look.xlen("rq:results:" + job.id())).isEqualTo(3);
    assertThat(status(job)).isEqualTo(JobStatus.SCHEDULED);
    assertThat(rig.look.hget("rq:job:" + job.id(), "repeats_left")).isEqualTo("0");
    double due = rig.look.zscore("rq:scheduled:" + rig.queueName, job.id());
    assertThat(due - Double.parseDouble(rig.look.time().get(0))).isBetween(40.0, 70.0);
    assertThat(rig.look.ttl("rq:job:" + job.id())).isEqualTo(-1);
  }

  private List<String> orderOf(WorkerSettings.Order order) throws Exception {
    List<String> seen = new ArrayList<>();
    String second = rig.queueName + "-b";
    try (JobQueue other = RqJobQueue.open(rig.redis, second)) {
      for (int i = 0; i < 6; i++) {
        rig.queue.enqueue(RemoteCall.of("examples.note", "a"));
        other.enqueue(RemoteCall.of("examples.note", "b"));
      }
    }
    rig.burst(
        WorkerSettings.listeningTo(rig.queueName, second)
            .withOrder(order)
            .handling("examples.note", (call, context) -> seen.add((String) call.args().get(0))));
    return seen;
  }

  @Test
  void queuesTakeTurns() throws Exception {
    assertThat(orderOf(WorkerSettings.Order.ROUND_ROBIN))
        .containsExactly("a", "b", "a", "b", "a", "b", "a", "b", "a", "b", "a", "b");
  }

  @Test
  void anUrgentJobOvertakesThoseThatWaitLonger() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    String high = rig.queueName + "-high";
    try (JobQueue urgent = RqJobQueue.open(rig.redis, high)) {
      for (int i = 0; i < 400; i++) {
        rig.queue.enqueue(RemoteCall.of("examples.note", "low"));
      }
      rig.burst(
          WorkerSettings.listeningTo(high, rig.queueName)
              .handling(
                  "examples.note",
                  (call, context) -> {
                    seen.add((String) call.args().get(0));
                    if (seen.size() == 1) {
                      urgent.enqueue(RemoteCall.of("examples.note", "high"));
                    }
                    return null;
                  }));
    }
    assertThat(seen).hasSize(401);
    assertThat(seen.indexOf("high")).isBetween(1, 399);
  }

  @Test
  void queuesAreTakenAtRandom() throws Exception {
    assertThat(orderOf(WorkerSettings.Order.RANDOM)).hasSize(12);
  }

  @Test
  void handlersRunOnAnExecutorOfTheApplication() throws Exception {
    ExecutorService executor =
        Executors.newFixedThreadPool(4, task -> new Thread(task, "application"));
    List<String> threads = new CopyOnWriteArrayList<>();
    Job job = rig.queue.enqueue(RemoteCall.of("examples.where"));
    rig.burst(
        WorkerSettings.listeningTo(rig.queueName)
            .withExecutor(executor)
            .withConcurrency(4)
            .handling(
                "examples.where",
                (call, context) -> threads.add(Thread.currentThread().getName())));
    assertThat(threads).containsExactly("application");
    assertThat(executor.isShutdown()).isFalse();
    executor.shutdown();
    assertThat(status(job)).isEqualTo(JobStatus.FINISHED);
  }

  @Test
  void handlersRunOnVirtualThreadsWhereThereAreAny() throws Exception {
    List<Thread> threads = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 20; i++) {
      rig.queue.enqueue(RemoteCall.of("examples.where"));
    }
    rig.burst(
        WorkerSettings.listeningTo(rig.queueName)
            .withVirtualThreads()
            .withConcurrency(8)
            .handling("examples.where", (call, context) -> threads.add(Thread.currentThread())));
    assertThat(rig.look.zcard("rq:finished:" + rig.queueName)).isEqualTo(20);
    boolean virtual = Runtime.version().feature() >= 21;
    assertThat(new HashSet<>(threads)).hasSizeLessThanOrEqualTo(virtual ? 20 : 8);
    assertThat(threads.get(0).toString().startsWith("VirtualThread")).isEqualTo(virtual);
    rig.start(rig.settings().withVirtualThreads());
    Job sum = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    assertThat(rig.queue.await(QueueRig.ADD, sum.id(), ofSeconds(20))).isEqualTo(3);
    Awaitility.await().until(() -> rig.look.zcard("rq:wip:" + rig.queueName) == 0);
  }

  @Test
  void progressIsSeenWhileTheJobRuns() throws Exception {
    List<Map<String, Object>> seen = new CopyOnWriteArrayList<>();
    Job job =
        rig.queue.enqueue(
            RemoteCall.of("examples.slow"), Enqueue.defaults().withMeta(Map.of("user", 7)));
    rig.burst(
        WorkerSettings.listeningTo(rig.queueName)
            .handling(
                "examples.slow",
                (call, context) -> {
                  seen.add(context.meta());
                  assertThat(context.saveMeta(Map.of("user", 7, "progress", 40))).isTrue();
                  seen.add(context.meta());
                  rig.look.del("rq:job:" + context.id());
                  return context.saveMeta(Map.of("progress", 50));
                }));
    assertThat(seen).containsExactly(Map.of("user", 7L), Map.of("user", 7L, "progress", 40L));
    assertThat(rig.look.exists("rq:job:" + job.id())).isZero();
  }
}
