// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobInspector;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.Retention;
import io.vedfolnir.queue.Retention.Keep;
import io.vedfolnir.queue.Retention.Swept;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a sweep removes, and what it leaves. */
class RetentionTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  private static final Retention ALL = new Retention(Keep.all(), Keep.all(), Keep.all());

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

  private List<String> finished(int count) throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(rig.queue.enqueue(RemoteCall.of("examples.add", 1, i)).id());
    }
    rig.burst(rig.settings());
    return ids;
  }

  private void endedAgo(String id, Duration ago) {
    rig.look.hset("rq:job:" + id, "ended_at", RqTime.date(Instant.now().minus(ago)));
  }

  @Test
  void whatIsTooOldGoesWithItsResults() throws Exception {
    List<String> ids = finished(250);
    for (String id : ids.subList(0, 240)) {
      endedAgo(id, Duration.ofHours(2));
    }
    Swept swept = inspector.sweep(queue, ALL.withFinished(Keep.noLongerThan(Duration.ofHours(1))));
    assertThat(swept).isEqualTo(new Swept(240, 0));
    assertThat(rig.look.zcard("rq:finished:" + queue)).isEqualTo(10);
    assertThat(rig.look.keys("rq:job:*")).hasSize(10);
    assertThat(rig.look.keys("rq:results:*")).hasSize(10);
  }

  @Test
  void theNewestAreKept() throws Exception {
    List<String> ids = finished(5);
    for (int i = 0; i < 5; i++) {
      endedAgo(ids.get(i), Duration.ofMinutes(i));
    }
    assertThat(inspector.sweep(queue, ALL.withFinished(Keep.noMoreThan(2))))
        .isEqualTo(new Swept(3, 0));
    assertThat(rig.look.zrange("rq:finished:" + queue, 0, -1))
        .containsExactlyInAnyOrder(ids.get(0), ids.get(1));
  }

  @Test
  void canceledJobsGoByTheTimeOfTheCancel() {
    for (int i = 0; i < 2; i++) {
      Job job = rig.queue.enqueue(RemoteCall.of("examples.add", 1, i));
      inspector.cancel(job.id(), io.vedfolnir.queue.DependentJobs.LEAVE);
    }
    String old = rig.look.zrange("rq:canceled:" + queue, 0, 0).get(0);
    rig.look.zadd("rq:canceled:" + queue, 1_000, old);
    assertThat(inspector.sweep(queue, Retention.defaults())).isEqualTo(new Swept(1, 0));
    assertThat(rig.look.exists("rq:job:" + old)).isZero();
  }

  @Test
  void ghostsAreRemovedAndCountedInEveryRegistry() throws Exception {
    finished(1);
    for (String registry : List.of("finished", "failed", "canceled", "deferred", "scheduled")) {
      rig.look.zadd("rq:" + registry + ":" + queue, 9e9, "ghost-" + registry);
    }
    assertThat(inspector.sweep(queue, ALL)).isEqualTo(new Swept(0, 5));
    assertThat(inspector.sweep(queue, ALL)).isEqualTo(new Swept(0, 0));
    assertThat(rig.look.zcard("rq:finished:" + queue)).isOne();
  }

  @Test
  void aJobThatWasQueuedAgainStaysAndTheNaiveSweepDeletesIt() throws Exception {
    Job job = rig.queue.enqueue(RemoteCall.of("examples.none"));
    rig.burst(rig.settings());
    endedAgo(job.id(), Duration.ofDays(10));
    // Between the look at the registry and the deletion somebody requeues the job; its entry stays
    // here to play the part of the look that is out of date.
    inspector.requeue(job.id());
    rig.look.zadd("rq:failed:" + queue, 9e9, job.id());

    assertThat(inspector.sweep(queue, Retention.defaults())).isEqualTo(new Swept(0, 0));
    assertThat(rig.look.exists("rq:job:" + job.id())).isOne();

    naiveSweep();
    assertThat(rig.look.exists("rq:job:" + job.id())).isZero();
    assertThat(rig.look.lrange("rq:queue:" + queue, 0, -1)).containsExactly(job.id());
  }

  /** Deletes what the registry names. */
  private void naiveSweep() {
    for (String id : rig.look.zrange("rq:failed:" + queue, 0, -1)) {
      rig.look.del("rq:job:" + id);
      rig.look.zrem("rq:failed:" + queue, id);
    }
  }

  @Test
  void boundsAreChecked() {
    assertThatThrownBy(() -> Keep.noMoreThan(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Keep.noLongerThan(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
