// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Explanation;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobInspector;
import io.vedfolnir.queue.JobRegistry;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Why a job does not run: each reason, made on a live server. */
class ExplainTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  private QueueRig rig;
  private JobInspector inspector;
  private String queue;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    rig = new QueueRig(endpoint);
    rig.clear();
    inspector = RqJobInspector.open(rig.redis);
    queue = rig.queueName;
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private Job enqueued() {
    return rig.queue.enqueue(RemoteCall.of("examples.add", 2, 3));
  }

  private void set(Job job, String field, String value) {
    rig.look.hset("rq:job:" + job.id(), field, value);
  }

  private Explanation explain(Job job) {
    return rig.queue.explain(job.id());
  }

  /** A worker of another process, alive and deaf. */
  private void listening(String... queues) {
    rig.look.sadd("rq:workers", "rq:worker:deaf");
    rig.look.hset(
        "rq:worker:deaf", Map.of("birth", RqTime.date(Instant.now()), "queues", csv(queues)));
  }

  private static String csv(String... words) {
    return String.join(",", words);
  }

  @Test
  void unknown() {
    assertThat(rig.queue.explain("nobody")).isEqualTo(new Explanation.Unknown());
  }

  @Test
  void ghost() {
    Job job = enqueued();
    rig.look.del("rq:job:" + job.id());
    assertThat(explain(job))
        .isEqualTo(new Explanation.Ghost(Map.of(queue, List.of(JobRegistry.QUEUED))))
        .returns(false, Explanation::isHealthy);
    rig.look.del("rq:queue:" + queue);
    rig.look.xadd("rq:results:" + job.id(), Map.of("type", "1"));
    assertThat(explain(job)).isEqualTo(new Explanation.Ghost(Map.of()));
  }

  @Test
  void unreadable() {
    Job job = enqueued();
    set(job, "created_at", "yesterday");
    assertThat(explain(job)).isEqualTo(new Explanation.Unreadable(List.of("created_at")));
  }

  @Test
  void noWorkerListensAndOthersDo() {
    Job job = enqueued();
    assertThat(explain(job)).isEqualTo(new Explanation.NoWorker(queue, List.of()));
    listening("urgent", "high");
    assertThat(explain(job)).isEqualTo(new Explanation.NoWorker(queue, List.of("high", "urgent")));
    assertThat(explain(job).sentence()).contains("workers for high, urgent");
    rig.look.hset("rq:worker:deaf", Map.of("queues", csv("urgent", queue)));
    assertThat(explain(job)).isEqualTo(new Explanation.Queued(queue, 0, 1));
    rig.look.hset("rq:worker:deaf", "death", RqTime.date(Instant.now()));
    assertThat(explain(job)).isInstanceOf(Explanation.NoWorker.class);
  }

  @Test
  void suspended() {
    Job job = enqueued();
    listening(queue);
    inspector.suspend(Enqueue.FOREVER);
    assertThat(explain(job)).isEqualTo(new Explanation.Suspended(java.util.Optional.empty()));
    inspector.suspend(Duration.ofHours(1));
    assertThat(explain(job))
        .isInstanceOfSatisfying(
            Explanation.Suspended.class,
            suspended -> assertThat(suspended.until().orElseThrow()).isAfter(Instant.now()));
    inspector.resume();
    assertThat(explain(job)).isEqualTo(new Explanation.Queued(queue, 0, 1));
  }

  @Test
  void queuedBehindOthers() {
    enqueued();
    enqueued();
    Job job = enqueued();
    listening(queue);
    assertThat(explain(job))
        .isEqualTo(new Explanation.Queued(queue, 2, 1))
        .returns(true, Explanation::isHealthy);
  }

  @Test
  void expiredWhileItWaited() {
    Job job = enqueued();
    listening(queue);
    Instant twoHoursAgo = rig.redis.clock().instant().minus(Duration.ofSeconds(7_300));
    set(job, "enqueued_at", RqTime.date(twoHoursAgo));
    rig.look.persist("rq:job:" + job.id());
    assertThat(explain(job))
        .isInstanceOfSatisfying(
            Explanation.Expired.class,
            expired ->
                assertThat(expired.at())
                    .isBetween(twoHoursAgo.plusSeconds(7_199), rig.redis.clock().instant()));
  }

  @Test
  void claimedAndStranded() {
    Job job = enqueued();
    rig.look.lmove(
        "rq:queue:" + queue,
        "rq:queue:" + queue + ":intermediate",
        io.lettuce.core.LMoveArgs.Builder.leftRight());
    assertThat(explain(job)).isEqualTo(new Explanation.Claimed());
    rig.look.del("rq:queue:" + queue + ":intermediate");
    assertThat(explain(job)).isEqualTo(new Explanation.Stranded());
  }

  @Test
  void waitingForOthers() {
    Job parent = enqueued();
    Job child = enqueued();
    set(child, "status", "deferred");
    rig.look.sadd("rq:job::" + child.id() + ":dependencies", parent.id(), "gone");
    assertThat(explain(child))
        .isEqualTo(
            new Explanation.WaitingForJobs(
                Map.of(parent.id(), JobStatus.QUEUED, "gone", JobStatus.UNKNOWN)))
        .returns(true, Explanation::isHealthy);
    set(parent, "status", "failed");
    assertThat(explain(child).isHealthy()).isFalse();
  }

  @Test
  void scheduledWithAndWithoutAScheduler() {
    Job job = enqueued();
    set(job, "status", "scheduled");
    rig.look.zadd("rq:scheduled:" + queue, 4_000_000_000d, job.id());
    Instant due = Instant.ofEpochSecond(4_000_000_000L);
    assertThat(explain(job))
        .isEqualTo(new Explanation.Scheduled(due, false, false))
        .returns(false, Explanation::isHealthy);
    rig.look.set("rq:scheduler-lock:" + queue, "s");
    assertThat(explain(job)).isEqualTo(new Explanation.Scheduled(due, false, true));
    rig.look.zadd("rq:scheduled:" + queue, 1_000, job.id());
    assertThat(explain(job))
        .isEqualTo(new Explanation.Scheduled(Instant.ofEpochSecond(1_000), true, true));
  }

  @Test
  void runningThenAbandoned() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    WorkerSettings settings =
        rig.settings()
            .withName("w")
            .handling(
                "examples.wait",
                (call, context) -> {
                  goOn.await();
                  return null;
                });
    rig.start(settings);
    Job job = rig.queue.enqueue(RemoteCall.of("examples.wait"));
    Awaitility.await().until(() -> explain(job) instanceof Explanation.Running);
    Explanation.Running running = (Explanation.Running) explain(job);
    assertThat(running.worker()).contains("w");
    assertThat(running.leaseUntil()).isAfter(running.since());

    String member = rig.look.zrange("rq:wip:" + queue, 0, -1).get(0);
    rig.look.zadd("rq:wip:" + queue, 1_000, member);
    assertThat(explain(job))
        .isEqualTo(
            new Explanation.Abandoned(Instant.ofEpochSecond(1_000), java.util.Optional.of("w")));
    // As RQ 1.13 leaves it next to 2.x workers: started, and in no registry.
    rig.look.zrem("rq:wip:" + queue, member);
    assertThat(explain(job)).isInstanceOf(Explanation.Abandoned.class);
    goOn.countDown();
  }

  @Test
  void ended() throws Exception {
    Job good = enqueued();
    Job bad = rig.queue.enqueue(RemoteCall.of("examples.none"));
    rig.burst(rig.settings());
    assertThat(explain(good))
        .isEqualTo(
            new Explanation.Ended(
                JobStatus.FINISHED, rig.queue.find(good.id()).orElseThrow().endedAt()))
        .returns(true, Explanation::isHealthy);
    assertThat(explain(bad).sentence()).startsWith("it is failed since ");
  }
}
