// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vedfolnir.queue.DependentJobs;
import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Explanation;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobDetails;
import io.vedfolnir.queue.JobInspector;
import io.vedfolnir.queue.JobRegistry;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.PayloadFormat;
import io.vedfolnir.queue.QueueException;
import io.vedfolnir.queue.QueueInfo;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.RegistryPage;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.Worker;
import io.vedfolnir.queue.WorkerInfo;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The view over jobs, queues and workers, and the levers. */
class JobInspectorTest {

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

  private Job failed() throws Exception {
    Job job = rig.queue.enqueue(RemoteCall.of("examples.none"));
    rig.burst(rig.settings());
    return job;
  }

  private Job finished() throws Exception {
    Job job = enqueued();
    rig.burst(rig.settings());
    return job;
  }

  private void status(Job job, String status) {
    rig.look.hset("rq:job:" + job.id(), "status", status);
  }

  private Set<String> keysNaming(String id) {
    Set<String> keys = new TreeSet<>();
    for (String key : rig.look.keys("*")) {
      if (key.contains(id)) {
        keys.add(key);
      }
    }
    return keys;
  }

  @Test
  void showTellsEverythingAboutAJob() throws Exception {
    Job job =
        rig.queue.enqueue(
            RemoteCall.of("examples.add", 2).with("b", 3),
            Enqueue.defaults().withMeta(Map.of("user_id", 7)).withFormat(PayloadFormat.JSON));
    rig.look.set("rq:progress:" + job.id(), "{\"progress_percent\": 40}");
    rig.burst(rig.settings());

    JobDetails details = inspector.show(job.id()).orElseThrow();

    assertThat(details.job().status()).isEqualTo(JobStatus.FINISHED);
    assertThat(details.call()).contains(RemoteCall.of("examples.add", 2L).with("b", 3L));
    assertThat(details.format()).contains(PayloadFormat.JSON);
    assertThat(details.meta()).containsExactly(Map.entry("user_id", 7L));
    assertThat(details.progress()).containsExactly(Map.entry("progress_percent", 40L));
    assertThat(details.history()).hasSize(1);
    assertThat(details.history().get(0).value()).contains(5L);
    assertThat(details.lastHeartbeat()).isPresent();
    assertThat(details.toString()).doesNotContain("user_id");
    assertThat(inspector.show("nobody")).isEmpty();
  }

  @Test
  void aRefusedPayloadIsToldBesideTheReadableFields() {
    Job job = enqueued();
    rig.look.hset("rq:job:" + job.id(), "data", "\u0000no payload");
    rig.look.hset("rq:job:" + job.id(), "meta", "[1]");
    JobDetails details = inspector.show(job.id()).orElseThrow();
    assertThat(details.call()).isEmpty();
    assertThat(details.callRefusal()).isPresent();
    assertThat(details.metaRefusal()).isPresent();
    assertThat(details.job().queue()).isEqualTo(queue);
  }

  @Test
  void historyIsNewestFirstAndFallsBackOnTheHash() throws Exception {
    Job job = failed();
    inspector.requeue(job.id());
    rig.burst(rig.settings().handling("examples.none", (call, context) -> "at last"));
    assertThat(inspector.history(job.id()))
        .extracting(JobResult::outcome)
        .containsExactly(JobResult.Outcome.SUCCESSFUL, JobResult.Outcome.FAILED);

    rig.look.del("rq:results:" + job.id());
    rig.look.hset("rq:job:" + job.id(), "result", "\"old\"");
    assertThat(inspector.history(job.id()).get(0).value()).contains("old");
  }

  @Test
  void queuesAndRegistriesAreCountedWithoutTouchingAnything() {
    Job first = enqueued();
    enqueued();
    rig.look.zadd("rq:wip:" + queue, 1, "dead:" + "0".repeat(32));
    rig.look.zadd("rq:finished:" + queue, 1, "expired");
    rig.look.zadd("rq:failed:" + queue, -1, "kept");
    rig.look.sadd("rq:workers", "rq:worker:gone");
    rig.look.sadd("rq:queues", "rq:queue:a name of Python's");

    QueueInfo info = inspector.queues().get(0);

    assertThat(inspector.queues()).hasSize(1);
    assertThat(info.name()).isEqualTo(queue);
    assertThat(info.count(JobRegistry.QUEUED)).isEqualTo(2);
    assertThat(info.count(JobRegistry.STARTED)).isOne();
    assertThat(info.count(JobRegistry.FINISHED)).isOne();
    assertThat(info.count(JobRegistry.DEFERRED)).isZero();
    assertThat(info.oldest()).isEqualTo(first.enqueuedAt());
    assertThat(inspector.workers()).isEmpty();
    assertThat(rig.look.zcard("rq:wip:" + queue)).isOne();
    assertThat(rig.look.zcard("rq:finished:" + queue)).isOne();
    assertThat(rig.look.scard("rq:workers")).isOne();

    assertThat(inspector.list(queue, JobRegistry.QUEUED, 0, 1))
        .isEqualTo(
            new RegistryPage(
                JobRegistry.QUEUED,
                2,
                List.of(
                    new RegistryPage.Entry(
                        first.id(), java.util.Optional.empty(), java.util.Optional.empty()))));
    RegistryPage.Entry run = inspector.list(queue, JobRegistry.STARTED, 0, 10).entries().get(0);
    assertThat(run.id()).isEqualTo("dead");
    assertThat(run.executionId()).contains("0".repeat(32));
    assertThat(run.at()).contains(Instant.ofEpochSecond(1));
    assertThat(inspector.list(queue, JobRegistry.FAILED, 0, 10).entries().get(0).at()).isEmpty();
    assertThatThrownBy(() -> inspector.list(queue, JobRegistry.FAILED, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void workersTellWhatTheyDo() throws Exception {
    finished();
    try (Worker worker = rig.start(rig.settings().withName("w-1"))) {
      Awaitility.await().until(() -> !inspector.workers().isEmpty());
      WorkerInfo info = inspector.workers().get(0);
      assertThat(info.name()).isEqualTo("w-1");
      assertThat(info.queues()).containsExactly(queue);
      assertThat(info.pid()).contains(ProcessHandle.current().pid());
      assertThat(info.birth()).isPresent();
      assertThat(info.runtime().orElseThrow()).startsWith("java");
      assertThat(inspector.queues().get(0).workers()).containsExactly("w-1");
    }
    assertThat(inspector.workers()).isEmpty();
  }

  @Test
  void requeueIsOneTransactionAndOnlyForWhatFailed() throws Exception {
    Job job = failed();
    assertThat(inspector.requeue(job.id())).isTrue();
    Job again = inspector.find(job.id()).orElseThrow();
    assertThat(again.status()).isEqualTo(JobStatus.QUEUED);
    assertThat(again.startedAt()).isEmpty();
    assertThat(again.endedAt()).isEmpty();
    assertThat(rig.look.ttl("rq:job:" + job.id())).isBetween(1L, 7_200L);
    assertThat(rig.look.zscore("rq:failed:" + queue, job.id())).isNull();
    assertThat(rig.look.lrange("rq:queue:" + queue, 0, -1)).containsExactly(job.id());
    assertThatThrownBy(() -> inspector.requeue(job.id()))
        .isInstanceOf(QueueException.WrongStatus.class)
        .hasMessageContaining("queued")
        .hasMessageNotContaining(job.id());
    assertThat(inspector.requeue("nobody")).isFalse();
  }

  @Test
  void cancelTakesAJobOutOfItsQueue() throws Exception {
    Job job = enqueued();
    assertThat(rig.queue.cancel(job.id())).isTrue();
    assertThat(rig.look.llen("rq:queue:" + queue)).isZero();
    assertThat(rig.look.zscore("rq:canceled:" + queue, job.id())).isNotNull();
    assertThat(rig.queue.find(job.id()).orElseThrow().status()).isEqualTo(JobStatus.CANCELED);
    assertThatThrownBy(() -> rig.queue.cancel(job.id()))
        .isInstanceOf(QueueException.WrongStatus.class);
    assertThat(rig.queue.cancel("nobody")).isFalse();
  }

  private Job deferredBehind(Job... parents) {
    Job child = enqueued();
    rig.look.lrem("rq:queue:" + queue, 0, child.id());
    rig.look.zadd("rq:deferred:" + queue, 1, child.id());
    status(child, "deferred");
    for (Job parent : parents) {
      rig.look.sadd("rq:job:" + parent.id() + ":dependents", child.id());
      rig.look.sadd("rq:job::" + child.id() + ":dependencies", parent.id());
    }
    return child;
  }

  @Test
  void dependentsOfACanceledJobGoOnOrStay() {
    Job parent = enqueued();
    Job other = enqueued();
    Job child = deferredBehind(parent);
    Job grandchild = deferredBehind(parent, other);
    inspector.cancel(parent.id(), DependentJobs.ENQUEUE);
    assertThat(inspector.find(child.id()).orElseThrow().status()).isEqualTo(JobStatus.QUEUED);
    assertThat(rig.look.lrange("rq:queue:" + queue, 0, -1)).containsExactly(other.id(), child.id());
    assertThat(rig.look.zscore("rq:deferred:" + queue, child.id())).isNull();
    assertThat(inspector.explain(grandchild.id()))
        .isEqualTo(new Explanation.WaitingForJobs(Map.of(other.id(), JobStatus.QUEUED)));
    inspector.cancel(other.id(), DependentJobs.LEAVE);
    assertThat(inspector.explain(grandchild.id()))
        .isEqualTo(new Explanation.WaitingForJobs(Map.of(other.id(), JobStatus.CANCELED)))
        .returns(false, Explanation::isHealthy);
  }

  @Test
  void deleteLeavesNothing() throws Exception {
    Job parent = enqueued();
    Job job = failed();
    rig.look.sadd("rq:job:" + parent.id() + ":dependents", job.id());
    rig.look.sadd("rq:job::" + job.id() + ":dependencies", parent.id());
    rig.look.sadd("rq:group:g", job.id());
    rig.look.hset("rq:job:" + job.id(), "group_id", "g");

    assertThat(inspector.delete(job.id(), DependentJobs.LEAVE)).isTrue();

    assertThat(keysNaming(job.id())).isEmpty();
    assertThat(rig.look.zscore("rq:failed:" + queue, job.id())).isNull();
    assertThat(rig.look.scard("rq:group:g")).isZero();
    assertThat(rig.look.exists("rq:job:" + parent.id() + ":dependents")).isZero();
    assertThat(inspector.delete(job.id(), DependentJobs.LEAVE)).isFalse();
  }

  @Test
  void deleteFindsTheEntriesOfAGhost() {
    Job job = enqueued();
    rig.look.del("rq:job:" + job.id());
    assertThat(rig.queue.delete(job.id())).isTrue();
    assertThat(rig.look.llen("rq:queue:" + queue)).isZero();
  }

  @Test
  void emptyDeletesWhatWaitsAndNothingElse() throws Exception {
    Job done = finished();
    for (int i = 0; i < 450; i++) {
      enqueued();
    }
    rig.look.rpush("rq:queue:" + queue, "not an id", done.id());
    assertThat(inspector.empty(queue)).isEqualTo(450);
    assertThat(rig.look.exists("rq:queue:" + queue)).isZero();
    assertThat(rig.look.keys("rq:job:*")).containsExactly("rq:job:" + done.id());
  }

  @Test
  void suspendAndResumeAreRqsKey() {
    inspector.suspend(Enqueue.FOREVER);
    assertThat(rig.look.get("rq:suspended")).isEqualTo("1");
    assertThat(inspector.isSuspended()).isTrue();
    assertThat(inspector.resume()).isTrue();
    assertThat(inspector.resume()).isFalse();
    inspector.suspend(Duration.ofMinutes(5));
    assertThat(rig.look.ttl("rq:suspended")).isBetween(1L, 300L);
  }

  @Test
  void commandsTravelOnTheChannelOfTheWorker() {
    java.util.List<String> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
    try (var subscription =
        rig.redis.subscribe(
            List.of("rq:pubsub:w-9"), (channel, message) -> heard.add(RqKeys.text(message)))) {
      Job job = enqueued();
      assertThat(inspector.stop(job.id())).isFalse();
      status(job, "started");
      rig.look.hset("rq:job:" + job.id(), "worker_name", "w-9");
      assertThat(inspector.stop(job.id())).isTrue();
      assertThat(inspector.shutdown("w-9")).isTrue();
      assertThat(inspector.killHorse("w-9")).isTrue();
      assertThat(inspector.shutdown("nobody")).isFalse();
      Awaitility.await().until(() -> heard.size() == 3);
      assertThat(heard.get(0)).contains("\"stop-job\"", "\"" + job.id() + "\"");
      assertThat(heard).element(1).isEqualTo("{\"command\": \"shutdown\"}");
      assertThat(heard).element(2).isEqualTo("{\"command\": \"kill-horse\"}");
    }
  }
}
