// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobInspector;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the levers promise, and what they would do if they were made the simple way. */
class SteeringSafetyTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  private QueueRig rig;
  private String queue;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    rig = new QueueRig(endpoint);
    rig.clear();
    queue = rig.queueName;
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private Job failed() throws Exception {
    Job job = rig.queue.enqueue(RemoteCall.of("examples.none"));
    rig.burst(rig.settings());
    return job;
  }

  private boolean isSomewhere(Job job) {
    return rig.look.zscore("rq:failed:" + queue, job.id()) != null
        || rig.look.lrange("rq:queue:" + queue, 0, -1).contains(job.id());
  }

  @Test
  void aRequeueThatIsCutLeavesTheJobWhereItWasAndRqsOwnOrderStrandsIt() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(rig.endpoint)) {
      RedisSettings settings = RedisSettings.of(proxy.endpoint().uri(Role.QUEUE));
      Job ours = failed();
      Job naive = failed();
      try (RedisAccess redis = RedisAccess.open(settings)) {
        JobInspector inspector = RqJobInspector.open(redis);
        proxy.on("RPUSH").cutBeforeRequest();
        assertThatThrownBy(() -> inspector.requeue(ours.id()))
            .isInstanceOf(RedisAccessException.class);
        assertThat(isSomewhere(ours)).isTrue();
        assertThat(inspector.requeue(ours.id())).isTrue();
      }
      try (RedisAccess redis = RedisAccess.open(settings)) {
        proxy.on("RPUSH").cutBeforeRequest();
        assertThatThrownBy(() -> naiveRequeue(redis, naive))
            .isInstanceOf(RedisAccessException.class);
        assertThat(isSomewhere(naive)).isFalse();
      }
    }
  }

  /** As RQ does it: out of the registry first, then the rest. */
  private void naiveRequeue(RedisAccess redis, Job job) {
    RedisAccess.await(redis.<Long>call(c -> c.zrem("rq:failed:" + queue, RqKeys.bytes(job.id()))));
    RedisAccess.await(
        redis.transact(
            c -> {
              c.hset("rq:job:" + job.id(), "status", RqKeys.bytes("queued"));
              c.rpush("rq:queue:" + queue, RqKeys.bytes(job.id()));
            }));
  }

  @Test
  void manyRequeuesOfOneJobQueueItOnce() throws Exception {
    Job job = failed();
    JobInspector inspector = RqJobInspector.open(rig.redis);
    AtomicInteger refused = new AtomicInteger();
    List<CompletableFuture<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(
          inspector
              .async()
              .requeue(job.id())
              .exceptionally(
                  failure -> {
                    refused.incrementAndGet();
                    assertThat(failure).hasRootCauseInstanceOf(QueueException.WrongStatus.class);
                    return false;
                  })
              .toCompletableFuture());
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
    assertThat(rig.look.lrange("rq:queue:" + queue, 0, -1)).containsExactly(job.id());
    assertThat(refused).hasValue(19);
  }

  @Test
  void emptyLeavesAJobAloneThatStartsMeanwhileAndTheNaiveWayDeletesIt() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(rig.endpoint);
        RedisAccess redis = RedisAccess.open(RedisSettings.of(proxy.endpoint().uri(Role.QUEUE)))) {
      Job ours = rig.queue.enqueue(RemoteCall.of("examples.add", 1, 1));
      proxy.on("EXEC").runBefore(() -> start(ours));
      RqJobInspector.open(redis).empty(queue);
      assertThat(rig.look.hget("rq:job:" + ours.id(), "status")).isEqualTo("started");

      Job naive = rig.queue.enqueue(RemoteCall.of("examples.add", 1, 1));
      proxy.on("DEL").runBefore(() -> start(naive));
      naiveEmpty(redis);
      assertThat(rig.look.exists("rq:job:" + naive.id())).isZero();
    }
  }

  private void start(Job job) {
    rig.look.lrem("rq:queue:" + queue, 0, job.id());
    rig.look.hset("rq:job:" + job.id(), "status", "started");
  }

  private void naiveEmpty(RedisAccess redis) {
    for (byte[] id :
        RedisAccess.await(redis.<List<byte[]>>read(c -> c.lrange("rq:queue:" + queue, 0, -1)))) {
      RedisAccess.await(redis.<Long>call(c -> c.del("rq:job:" + RqKeys.text(id))));
    }
  }
}
