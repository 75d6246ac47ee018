// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Range;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.StreamMessage;
import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobQueue;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.QueueSettings;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.Worker;
import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.queue.rq.RqJobQueue;
import io.vedfolnir.testkit.RedisLauncher;
import io.vedfolnir.testkit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Jobs on a Redis that is full: evicted ones are told of, durable ones stay, results wait. */
class GhostTest {

  private static final int JOBS = 400;
  private static final String FILLER = "x".repeat(10_000);

  private static RedisServer small() {
    return RedisLauncher.hardened().withOverride("maxmemory", "12mb").start();
  }

  private static List<Job> enqueue(JobQueue queue) {
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < JOBS; i++) {
      jobs.add(queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(i, 1)));
    }
    return jobs;
  }

  private static long evicted(QueueRig rig) {
    return rig.look
        .info("stats")
        .lines()
        .filter(line -> line.startsWith("evicted_keys:"))
        .mapToLong(line -> Long.parseLong(line.substring("evicted_keys:".length()).strip()))
        .findFirst()
        .orElseThrow();
  }

  /** Sessions come in until many keys are evicted. */
  private static void press(QueueRig rig) {
    for (int i = 0; evicted(rig) < 600; i++) {
      rig.look.set("vedfolnir:session:" + i, FILLER, SetArgs.Builder.ex(7_200));
    }
  }

  @Test
  void everyEvictedJobIsToldOf() throws Exception {
    try (RedisServer server = small();
        QueueRig rig = new QueueRig(server.endpoint())) {
      List<Job> jobs = enqueue(rig.queue);
      press(rig);
      List<String> missing =
          jobs.stream().map(Job::id).filter(id -> rig.look.exists("rq:job:" + id) == 0).toList();
      assertThat(missing).isNotEmpty();
      try (Worker worker =
          RqWorker.start(rig.redis, rig.settings().withConcurrency(8).withBurst())) {
        worker.awaitStopped();
        assertThat(worker.counts().ghosts()).isGreaterThanOrEqualTo(missing.size());
        assertThat(worker.counts().ghosts() + worker.counts().finished()).isEqualTo(JOBS);
      }
      assertThat(rig.look.xrange("rq:vedfolnir:ghosts", Range.unbounded()))
          .extracting(StreamMessage::getBody)
          .extracting(body -> body.get("id"))
          .doesNotHaveDuplicates()
          .containsAll(missing);
      Map<String, String> one =
          rig.look.xrange("rq:vedfolnir:ghosts", Range.unbounded()).get(0).getBody();
      assertThat(one).containsEntry("why", "evicted").containsEntry("queue", rig.queueName);
    }
  }

  @Test
  void noDurableJobIsEvicted() throws Exception {
    try (RedisServer server = small();
        QueueRig rig = new QueueRig(server.endpoint());
        JobQueue durable =
            RqJobQueue.open(rig.redis, rig.queueName, QueueSettings.defaults().withDurable())) {
      enqueue(durable);
      press(rig);
      try (Worker worker =
          RqWorker.start(rig.redis, rig.settings().withConcurrency(8).withBurst())) {
        worker.awaitStopped();
        assertThat(worker.counts().finished()).isEqualTo(JOBS);
        assertThat(worker.counts().ghosts()).isZero();
      }
    }
  }

  @Test
  void aDurableJobThatWaitedTooLongIsNotRun() throws Exception {
    try (RedisServer server = small();
        QueueRig rig = new QueueRig(server.endpoint());
        JobQueue durable =
            RqJobQueue.open(rig.redis, rig.queueName, QueueSettings.defaults().withDurable())) {
      Job job =
          durable.enqueue(
              QueueRig.ADD,
              new QueueRig.AddArgs(1, 2),
              Enqueue.defaults().withJobTtl(ofSeconds(60)));
      assertThat(rig.look.ttl("rq:job:" + job.id())).isEqualTo(-1);
      rig.look.hset("rq:job:" + job.id(), "enqueued_at", "2026-01-31T10:00:00.000000Z");
      rig.burst(rig.settings());
      assertThat(rig.look.exists("rq:job:" + job.id())).isZero();
      assertThat(rig.look.xrange("rq:vedfolnir:ghosts", Range.unbounded()).get(0).getBody())
          .containsEntry("why", "overdue");
    }
  }

  @Test
  void aFullRedisDelaysResultsAndLosesNone() throws Exception {
    CountDownLatch runs = new CountDownLatch(4);
    CountDownLatch goOn = new CountDownLatch(1);
    try (RedisServer server = small();
        QueueRig rig = new QueueRig(server.endpoint());
        JobQueue durable =
            RqJobQueue.open(rig.redis, rig.queueName, QueueSettings.defaults().withDurable())) {
      Worker worker =
          rig.start(
              WorkerSettings.listeningTo(rig.queueName)
                  .withConcurrency(4)
                  .handling(
                      "examples.long",
                      (call, context) -> {
                        runs.countDown();
                        goOn.await();
                        return "done";
                      }));
      List<Job> jobs = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        jobs.add(
            durable.enqueue(
                RemoteCall.of("examples.long"), Enqueue.defaults().withResultTtl(Enqueue.FOREVER)));
      }
      runs.await();
      int fillers = fill(rig);
      goOn.countDown();
      Awaitility.await().until(() -> refusals(rig) > 0);
      for (int i = 0; i < fillers; i++) {
        rig.look.del("filler:" + i);
      }
      for (Job job : jobs) {
        assertThat(rig.queue.await(job.id(), ofSeconds(60)).value()).contains("done");
        assertThat(rig.queue.find(job.id()).orElseThrow().status()).isEqualTo(JobStatus.FINISHED);
        assertThat(rig.look.xlen("rq:results:" + job.id())).isOne();
      }
      Awaitility.await().until(() -> worker.counts().finished() == 20);
      assertThat(worker.counts().refused()).isZero();
    }
  }

  /** Keys without a TTL until Redis refuses more. */
  private static int fill(QueueRig rig) {
    for (int i = 0; ; i++) {
      try {
        rig.look.set("filler:" + i, FILLER);
      } catch (RedisCommandExecutionException e) {
        assertThat(e.getMessage()).startsWith("OOM");
        return i;
      }
    }
  }

  private static long refusals(QueueRig rig) {
    return rig.look
        .info("commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_hset:") || line.startsWith("cmdstat_lmove:"))
        .mapToLong(
            line -> Long.parseLong(line.replaceAll(".*rejected_calls=(\\d+).*", "$1").strip()))
        .sum();
  }
}
