// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.LMoveArgs;
import io.lettuce.core.Range;
import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobEnd;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.Retry;
import io.vedfolnir.queue.Worker;
import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.queue.WorkerSettings.Abandoned;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.queue.codec.PayloadLimits;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of jobs whose worker has died or sleeps. */
class RecoveryTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened();

  private QueueRig rig;
  private String started;
  private String queue;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    rig = new QueueRig(endpoint);
    started = "rq:wip:" + rig.queueName;
    queue = "rq:queue:" + rig.queueName;
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  /** A job that a worker had started before it died; nothing beats for it any more. */
  private Job abandoned(Enqueue options) {
    Job job = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2), options);
    abandon(job);
    return job;
  }

  private void abandon(Job job) {
    rig.look.lrem(queue, 0, job.id());
    rig.look.hset(
        "rq:job:" + job.id(),
        Map.of(
            "status", "started", "started_at", "2026-01-31T10:00:00.000000Z", "worker_name", "x"));
    rig.look.zadd(started, 1, job.id() + ":" + execution());
  }

  private static String execution() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private JobStatus status(Job job) {
    return rig.queue.find(job.id()).orElseThrow().status();
  }

  private String failure(Job job) {
    return rig.queue.findResult(job.id()).orElseThrow().exceptionText().orElseThrow();
  }

  private Workshop workshop() {
    return new Workshop(
        rig.redis,
        new RqKeys("rq:"),
        new PayloadCodec(PayloadLimits.defaults()),
        rig.settings(),
        "nobody",
        new Tally(),
        new Patience());
  }

  private Sweep sweep(AtomicLong ticks) {
    Threads threads = new Threads("nobody");
    return new Sweep(
        workshop(),
        new Dependents(workshop(), threads, new Bell()),
        new Callbacks(Map.of(), new Deadlines(threads, ofSeconds(5))),
        ticks::get);
  }

  @Test
  void withoutRetriesItFailsAsWithPython() {
    Job job = abandoned(Enqueue.defaults());
    rig.start(rig.settings());
    Awaitility.await().until(() -> status(job) == JobStatus.FAILED);
    assertThat(failure(job)).contains("due to AbandonedJobError");
    assertThat(rig.look.zcard(started)).isZero();
    assertThat(rig.look.zscore("rq:failed:" + rig.queueName, job.id())).isNotNull();
  }

  @Test
  void withRetriesItRunsAgain() {
    Job job = abandoned(Enqueue.defaults().withRetry(Retry.times(2)));
    Worker worker = rig.start(rig.settings());
    assertThat(rig.queue.await(QueueRig.ADD, job.id(), ofSeconds(20))).isEqualTo(3);
    assertThat(rig.queue.find(job.id()).orElseThrow().retriesLeft()).isEqualTo(1);
    assertThat(worker.counts().recovered()).isOne();
  }

  @Test
  void ifTheWorkerIsToldSoItRunsAgainWithoutRetries() {
    Job job = abandoned(Enqueue.defaults());
    rig.start(rig.settings().withAbandoned(Abandoned.RUN_AGAIN));
    assertThat(rig.queue.await(QueueRig.ADD, job.id(), ofSeconds(20))).isEqualTo(3);
  }

  @Test
  void whoWantsToKnowOfAFailureIsToldThatItWasAbandoned() {
    Job job = abandoned(Enqueue.defaults());
    rig.look.hset("rq:job:" + job.id(), "failure_callback_name", "reports.note");
    List<JobEnd> ends = new CopyOnWriteArrayList<>();
    rig.start(rig.settings().callingBack("reports.note", (context, end) -> ends.add(end)));
    Awaitility.await().until(() -> ends.size() == 1);
    assertThat(((JobEnd.Failed) ends.get(0)).exceptionText()).contains("AbandonedJobError");
    assertThat(status(job)).isEqualTo(JobStatus.FAILED);
  }

  @Test
  void whatKilledThreeWorkersFails() {
    Job job = abandoned(Enqueue.defaults().withRetry(Retry.times(9)));
    rig.look.hset("rq:job:" + job.id(), "vedfolnir_recoveries", "3");
    rig.start(rig.settings().withAbandoned(Abandoned.RUN_AGAIN));
    Awaitility.await().until(() -> status(job) == JobStatus.FAILED);
    assertThat(failure(job)).contains("died 4 times");
  }

  @Test
  void poisonStopsNeitherTheSweepNorTheWorker() {
    Job text = abandoned(Enqueue.defaults());
    rig.look.del("rq:job:" + text.id());
    rig.look.set("rq:job:" + text.id(), "no hash");
    Job date = abandoned(Enqueue.defaults());
    rig.look.hset("rq:job:" + date.id(), "created_at", "yesterday");
    rig.look.zadd(started, 1, "../..:x");
    Job gone = abandoned(Enqueue.defaults());
    rig.look.del("rq:job:" + gone.id());
    Job good = abandoned(Enqueue.defaults().withRetry(Retry.times(1)));
    rig.start(rig.settings());
    assertThat(rig.queue.await(QueueRig.ADD, good.id(), ofSeconds(20))).isEqualTo(3);
    Awaitility.await().until(() -> rig.look.zcard(started) == 0);
    assertThat(status(date)).isEqualTo(JobStatus.FAILED);
    assertThat(rig.look.exists("rq:job:" + gone.id())).isZero();
  }

  @Test
  void aSleeperIsRefusedWhenItWakesUp() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch wake = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    WorkerSettings settings =
        WorkerSettings.listeningTo(rig.queueName)
            .handling(
                "examples.sleepy",
                (call, context) -> {
                  if (runs.incrementAndGet() == 1) {
                    first.countDown();
                    wake.await();
                    return "late";
                  }
                  return "in time";
                });
    Worker sleeper = rig.start(settings);
    Job job =
        rig.queue.enqueue(
            RemoteCall.of("examples.sleepy"), Enqueue.defaults().withRetry(Retry.times(1)));
    first.await();
    String member = rig.look.zrange(started, 0, 0).get(0);
    rig.look.zadd(started, 1, member);
    rig.start(settings);
    assertThat(rig.queue.await(job.id(), ofSeconds(20)).value()).contains("in time");
    wake.countDown();
    Awaitility.await().until(() -> sleeper.counts().refused() == 1);
    assertThat(rig.queue.findResult(job.id()).orElseThrow().value()).contains("in time");
    assertThat(rig.look.xlen("rq:results:" + job.id())).isOne();
  }

  @Test
  void aJobThatHasFinishedIsNotCalledAbandoned() throws Exception {
    assertThat(statusAfterALateSweep(true)).isEqualTo(JobStatus.FINISHED);
  }

  @Test
  void aNaiveSweepCallsItAbandoned() throws Exception {
    assertThat(statusAfterALateSweep(false)).isEqualTo(JobStatus.FAILED);
  }

  // The entry of a run that has finished is still there: as RQ leaves it behind now and then.
  private JobStatus statusAfterALateSweep(boolean looksFirst) throws Exception {
    Job job = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    rig.burst(rig.settings());
    rig.look.zadd(started, 1, job.id() + ":" + execution());
    if (looksFirst) {
      sweep(new AtomicLong()).run();
    } else {
      naiveSweep();
    }
    assertThat(rig.look.zcard(started)).isZero();
    return status(job);
  }

  /** A sweep that takes every entry whose lease is over for a dead worker's. */
  private void naiveSweep() {
    for (String member : rig.look.zrangebyscore(started, Range.create(0, 2))) {
      String id = member.substring(0, member.indexOf(':'));
      rig.look.hset("rq:job:" + id, "status", "failed");
      rig.look.zadd("rq:failed:" + rig.queueName, 1, id);
      rig.look.zrem(started, member);
    }
  }

  @Test
  void aRunThatGoesOnIsLeftAloneWhenAnOlderOneIsEnded() {
    Job job = abandoned(Enqueue.defaults().withRetry(Retry.times(1)));
    rig.look.zadd(started, 4_000_000_000L, job.id() + ":" + execution());
    sweep(new AtomicLong()).run();
    assertThat(status(job)).isEqualTo(JobStatus.STARTED);
    assertThat(rig.look.zcard(started)).isOne();
  }

  @Test
  void whatLiesInTheIntermediateListGoesBackAfterAWhile() {
    Job stuck = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    Job next = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    rig.look.lmove(queue, queue + ":intermediate", LMoveArgs.Builder.leftRight());
    rig.look.rpush(queue + ":intermediate", "gone", "no id!");
    AtomicLong ticks = new AtomicLong();
    Sweep sweep = sweep(ticks);
    sweep.run();
    assertThat(rig.look.llen(queue + ":intermediate")).isEqualTo(3);
    ticks.addAndGet(Sweep.STUCK.toNanos());
    sweep.run();
    assertThat(rig.look.lrange(queue, 0, -1)).containsExactly(stuck.id(), next.id());
    assertThat(rig.look.llen(queue + ":intermediate")).isZero();
    assertThat(rig.look.xrange("rq:vedfolnir:ghosts", Range.unbounded()))
        .anySatisfy(entry -> assertThat(entry.getBody()).containsEntry("id", "gone"));
  }

  @Test
  void anIdThatIsThereManyTimesRunsOnce() throws Exception {
    // The id is in its queue several times, as after it was put back while it was claimed.
    AtomicInteger runs = new AtomicInteger();
    Job job = rig.queue.enqueue(RemoteCall.of("examples.count"));
    rig.look.rpush(queue, Collections.nCopies(14, job.id()).toArray(String[]::new));
    rig.burst(
        WorkerSettings.listeningTo(rig.queueName)
            .withConcurrency(15)
            .handling("examples.count", (call, context) -> runs.incrementAndGet()));
    assertThat(runs).hasValue(1);
    assertThat(rig.look.llen(queue + ":intermediate")).isZero();
  }

  @Test
  void expiredEntriesDeadWorkersAndEmptyGroupsGo() {
    rig.look.zadd("rq:finished:" + rig.queueName, 1, "old");
    rig.look.zadd("rq:failed:" + rig.queueName, 1, "old");
    rig.look.zadd("rq:failed:" + rig.queueName, -1, "kept");
    rig.look.sadd("rq:workers", "rq:worker:dead");
    rig.look.sadd("rq:workers:" + rig.queueName, "rq:worker:dead");
    rig.look.sadd("rq:groups", "g1", "g2");
    Job job = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    rig.look.sadd("rq:group:g1", job.id(), "gone");
    rig.look.sadd("rq:group:g2", "gone");
    sweep(new AtomicLong()).run();
    assertThat(rig.look.zcard("rq:finished:" + rig.queueName)).isZero();
    assertThat(rig.look.zrange("rq:failed:" + rig.queueName, 0, -1)).containsExactly("kept");
    assertThat(rig.look.smembers("rq:workers")).doesNotContain("rq:worker:dead");
    assertThat(rig.look.exists("rq:workers:" + rig.queueName)).isZero();
    assertThat(rig.look.smembers("rq:group:g1")).containsExactly(job.id());
    assertThat(rig.look.smembers("rq:groups")).contains("g1").doesNotContain("g2");
    assertThat(rig.look.exists("rq:clean_registries:" + rig.queueName)).isZero();
  }

  @Test
  void whoWaitsForNothingAnyMoreIsQueued() {
    Job parent = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    Job child = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(3, 4));
    rig.look.lrem(queue, 0, parent.id());
    rig.look.lrem(queue, 0, child.id());
    rig.look.hset("rq:job:" + parent.id(), "status", "finished");
    rig.look.hset(
        "rq:job:" + child.id(),
        Map.of("status", "deferred", "dependency_ids", "[\"" + parent.id() + "\"]"));
    rig.look.zadd("rq:deferred:" + rig.queueName, 1, child.id());
    rig.look.sadd("rq:job::" + child.id() + ":dependencies", parent.id());
    sweep(new AtomicLong()).run();
    assertThat(rig.look.lrange(queue, 0, -1)).containsExactly(child.id());
    assertThat(rig.look.zcard("rq:deferred:" + rig.queueName)).isZero();
  }
}
