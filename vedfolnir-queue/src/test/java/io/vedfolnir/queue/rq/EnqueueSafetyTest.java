// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lettuce.core.RedisClient;
import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobQueue;
import io.vedfolnir.queue.QueueException;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.testkit.FaultProxy;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EnqueueSafetyTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened();

  private static final RemoteCall CALL = RemoteCall.of("examples.add", 2, 3);

  private QueueRig rig;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    rig = new QueueRig(endpoint);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private List<String> ids() {
    return rig.look.lrange("rq:queue:" + rig.queueName, 0, -1);
  }

  private static RedisAccess through(FaultProxy proxy) {
    return RedisAccess.open(RedisSettings.of(proxy.endpoint().uri(Role.QUEUE)));
  }

  /** What a caller does: again, as long as the failure says that it may. */
  private static Job repeat(JobQueue queue, Enqueue options) {
    return Awaitility.await()
        .ignoreExceptionsMatching(
            failure -> failure instanceof RedisAccessException redis && redis.isRetryable())
        .until(() -> queue.enqueue(CALL, options), job -> true);
  }

  /** What one writes without thinking of lost replies: the client's defaults. */
  private static void naiveEnqueue(FaultProxy proxy, String queue, String id) {
    RedisClient client = RedisClient.create(proxy.endpoint().uri(Role.QUEUE));
    try {
      client.connect().sync().rpush("rq:queue:" + queue, id);
    } finally {
      client.shutdown();
    }
  }

  @Test
  void aLostReplyIsToldAndTheSameIdResolvesIt(FaultProxy proxy) {
    try (RedisAccess redis = through(proxy);
        JobQueue queue = RqJobQueue.open(redis, rig.queueName)) {
      proxy.on("EXEC").dropReply();

      QueueException.OutcomeUnknown unknown =
          catchThrowableOfType(QueueException.OutcomeUnknown.class, () -> queue.enqueue(CALL));

      assertThat(ids()).containsExactly(unknown.jobId());
      assertThat(unknown).hasMessageNotContaining(unknown.jobId());
      Enqueue again = Enqueue.defaults().withId(unknown.jobId());
      Job job = repeat(queue, again);
      assertThat(job.id()).isEqualTo(unknown.jobId());
      assertThat(ids()).containsExactly(unknown.jobId());
    }
  }

  @Test
  void anIdOfOnesOwnIsSafeToRepeatToo(FaultProxy proxy) {
    try (RedisAccess redis = through(proxy);
        JobQueue queue = RqJobQueue.open(redis, rig.queueName)) {
      String id = UUID.randomUUID().toString();
      Enqueue mine = Enqueue.defaults().withId(id);
      proxy.on("EXEC").dropReply();

      assertThatThrownBy(() -> queue.enqueue(CALL, mine))
          .isInstanceOf(QueueException.OutcomeUnknown.class)
          .hasCauseInstanceOf(RedisAccessException.OutcomeUnknown.class);
      assertThat(repeat(queue, mine).id()).isEqualTo(id);
      assertThat(ids()).containsExactly(id);
    }
  }

  @Test
  void aRequestThatNeverArrivedIsEnqueuedByTheRepeat(FaultProxy proxy) {
    try (RedisAccess redis = through(proxy);
        JobQueue queue = RqJobQueue.open(redis, rig.queueName)) {
      proxy.on("EXEC").cutBeforeRequest();
      QueueException.OutcomeUnknown unknown =
          catchThrowableOfType(QueueException.OutcomeUnknown.class, () -> queue.enqueue(CALL));
      assertThat(ids()).isEmpty();

      repeat(queue, Enqueue.defaults().withId(unknown.jobId()));
      assertThat(ids()).containsExactly(unknown.jobId());
    }
  }

  @Test
  void aNaiveClientDoublesTheJobAndReportsSuccess(FaultProxy proxy) {
    proxy.on("RPUSH").dropReply();
    naiveEnqueue(proxy, rig.queueName, "job-1");
    assertThat(ids()).containsExactly("job-1", "job-1");
  }

  @Test
  void manyCallersWithOneIdMakeOneJob() {
    Enqueue mine = Enqueue.defaults().withId("one-" + rig.queueName);
    List<CompletableFuture<Job>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(rig.queue.async().enqueue(CALL, mine).toCompletableFuture());
    }
    all.forEach(CompletableFuture::join);
    assertThat(ids()).containsExactly("one-" + rig.queueName);
  }

  @Test
  void aFullOrForeignServerIsToldAsWhatItIs() {
    rig.look.set("rq:queue:" + rig.queueName, "no list");
    assertThatThrownBy(() -> rig.queue.enqueue(CALL))
        .isInstanceOfSatisfying(
            RedisAccessException.Rejected.class,
            rejected -> assertThat(rejected.code()).contains("WRONGTYPE"));
  }
}
