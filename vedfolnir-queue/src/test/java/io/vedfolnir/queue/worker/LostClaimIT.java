// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.Worker;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.testkit.FaultProxy;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An id whose move was done and never heard of. Takes as long as such an id may lie. */
class LostClaimIT {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  @Test
  void aClaimWhoseReplyWasLostIsPutBackAndRunsOnce(RedisEndpoint endpoint) throws Exception {
    try (QueueRig rig = new QueueRig(endpoint);
        FaultProxy proxy = FaultProxy.to(endpoint);
        RedisAccess redis = RedisAccess.open(RedisSettings.of(proxy.endpoint().uri(Role.QUEUE)));
        Worker worker = RqWorker.start(redis, rig.settings())) {
      Awaitility.await()
          .until(() -> "idle".equals(rig.look.hget("rq:worker:" + worker.name(), "state")));
      proxy.on(":intermediate LEFT RIGHT").dropReply();
      Job job = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(1, 2));
      Awaitility.await()
          .until(() -> rig.look.llen("rq:queue:" + rig.queueName + ":intermediate") == 1);
      assertThat(rig.queue.await(QueueRig.ADD, job.id(), ofSeconds(60))).isEqualTo(3);
      assertThat(worker.counts().finished()).isOne();
      assertThat(rig.look.xlen("rq:results:" + job.id())).isOne();
    }
  }
}
