// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vedfolnir.queue.rq.RqJobQueue;
import io.vedfolnir.queue.worker.RqWorker;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobQueueTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened();

  record CaptionRequest(long imageId) {}

  record Caption(String text, double confidence) {}

  static final JobType<CaptionRequest, Caption> CAPTION =
      JobType.of("captions.tasks.describe_image", CaptionRequest.class, Caption.class);

  private QueueRig rig;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    rig = new QueueRig(endpoint);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  @Test
  void aJavaWorkerRunsWhatAJavaProducerEnqueues(RedisEndpoint endpoint) throws Exception {
    try (RedisAccess redis = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.QUEUE)));
        JobQueue queue = RqJobQueue.open(redis, "captions-" + rig.queueName);
        Worker worker =
            RqWorker.start(
                redis,
                WorkerSettings.listeningTo(queue.name())
                    .withConcurrency(4)
                    .handling(
                        CAPTION,
                        (request, context) -> new Caption("image " + request.imageId(), 0.9)))) {

      Job job =
          queue.enqueue(
              CAPTION,
              new CaptionRequest(42),
              Enqueue.defaults()
                  .withTimeout(ofMinutes(5))
                  .withRetry(Retry.times(3).every(ofSeconds(10))));
      Caption caption = queue.await(CAPTION, job.id(), ofSeconds(10));

      assertThat(caption).isEqualTo(new Caption("image 42", 0.9));
      assertThat(worker.name()).isNotBlank();
      Job after = queue.find(job.id()).orElseThrow();
      assertThat(after.status()).isEqualTo(JobStatus.FINISHED);
      assertThat(after.queue()).isEqualTo(queue.name());
      assertThat(after.worker()).contains(worker.name());
      assertThat(after.timeout()).contains(ofMinutes(5));
      assertThat(after.retriesLeft()).isEqualTo(3);
      assertThat(after.endedAt()).isPresent();
      assertThat(after.result().orElseThrow().executionId()).isPresent();
    }
  }

  @Test
  void aJobIsReadBackAsItWasEnqueued() {
    Job job =
        rig.queue.enqueue(
            RemoteCall.of("examples.add", 2).with("b", 3),
            Enqueue.defaults().withDescription("two and three").withJobTtl(Enqueue.FOREVER));

    Job found = rig.queue.find(job.id()).orElseThrow();

    assertThat(found).isEqualTo(job);
    assertThat(found.status()).isEqualTo(JobStatus.QUEUED);
    assertThat(rig.look.ttl("rq:job:" + job.id())).isEqualTo(-1);
    assertThat(rig.look.lrange("rq:queue:" + rig.queueName, 0, -1)).containsExactly(job.id());
  }

  @Test
  void atFrontRunsNext() {
    Job first = rig.queue.enqueue(RemoteCall.of("examples.add", 1, 1));
    Job second =
        rig.queue.enqueue(RemoteCall.of("examples.add", 2, 2), Enqueue.defaults().atFront());
    assertThat(rig.look.lrange("rq:queue:" + rig.queueName, 0, -1))
        .containsExactly(second.id(), first.id());
    assertThat(rig.look.ttl("rq:job:" + first.id())).isBetween(7_190L, 7_200L);
  }

  @Test
  void theSameCallWithTheSameIdIsTheSameJob() {
    Enqueue mine = Enqueue.defaults().withId("report-1");
    Job first = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2), mine);
    Job second = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2), mine);
    assertThat(second.id()).isEqualTo(first.id());
    assertThat(rig.look.lrange("rq:queue:" + rig.queueName, 0, -1)).containsExactly("report-1");
    assertThatThrownBy(() -> rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(3, 4), mine))
        .isInstanceOf(QueueException.Duplicate.class);
    rig.look.del("rq:job:report-1");
  }

  @Test
  void aFailedJobTellsItsTraceback() {
    rig.start(
        rig.settings()
            .handling(
                "examples.fail",
                (call, context) -> {
                  throw new IllegalStateException("no picture");
                }));
    Job job = rig.queue.enqueue(RemoteCall.of("examples.fail"));
    assertThatThrownBy(() -> rig.queue.await(QueueRig.ADD, job.id(), ofSeconds(10)))
        .isInstanceOfSatisfying(
            QueueException.JobFailed.class,
            failed ->
                assertThat(failed.exceptionText().strip())
                    .startsWith("Traceback (most recent call last):")
                    .endsWith("\njava.lang.IllegalStateException: no picture"));
    assertThat(rig.look.zscore("rq:failed:" + rig.queueName, job.id())).isNotNull();
  }

  @Test
  void aWaitEndsInTimeAndSaysWhereTheJobIs() {
    Job job = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
    assertThatThrownBy(() -> rig.queue.await(QueueRig.ADD, job.id(), ofMillis(200)))
        .isInstanceOf(QueueException.ResultTimeout.class)
        .hasMessageContaining("queued");
    assertThatThrownBy(() -> rig.queue.await(QueueRig.ADD, "nobody", ofMillis(50)))
        .hasMessageContaining("no such job");
  }

  @Test
  void absentIsEmpty() {
    assertThat(rig.queue.find("nobody")).isEmpty();
    assertThat(rig.queue.findResult("nobody")).isEmpty();
  }

  @Test
  void aResultOfAnotherShapeIsRefusedWithoutShowingIt() throws Exception {
    rig.burst(rig.settings().handling("examples.secret", (call, context) -> "s3cret"));
    Job job = rig.queue.enqueue(RemoteCall.of("examples.secret"));
    rig.burst(rig.settings().handling("examples.secret", (call, context) -> "s3cret"));
    assertThatThrownBy(() -> rig.queue.await(QueueRig.ADD, job.id(), ofSeconds(5)))
        .isInstanceOf(QueueException.ResultRefused.class)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void badArgumentsFailBeforeAnythingIsSent() {
    Map<String, Object> self = new HashMap<>();
    assertThatThrownBy(() -> Enqueue.defaults().withId("a.b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("letters");
    assertThatThrownBy(() -> Enqueue.defaults().withTimeout(ofMillis(1500)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RqJobQueue.open(rig.redis, "a,b"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RqJobQueue.open(rig.redis, "q:intermediate"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> rig.queue.enqueue(RemoteCall.of("f", new Object())))
        .isInstanceOf(IllegalArgumentException.class);
    byte[] noise = new byte[2 << 20];
    new java.util.Random(1).nextBytes(noise);
    self.put("noise", noise);
    assertThatThrownBy(() -> rig.queue.enqueue(new RemoteCall("f", java.util.List.of(), self)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxPayload");
    assertThat(rig.look.llen("rq:queue:" + rig.queueName)).isZero();
  }
}
