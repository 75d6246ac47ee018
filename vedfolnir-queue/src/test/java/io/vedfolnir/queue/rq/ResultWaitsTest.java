// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.vedfolnir.queue.JobQueue;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.QueueException;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.redis.DedicatedConnection;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many waits, one connection. */
class ResultWaitsTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  private static final int WAITS = Integer.getInteger("vedfolnir.waits", 500);
  private static final Duration LONG = Duration.ofMinutes(2);

  private QueueRig rig;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    rig = new QueueRig(endpoint);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private void answer(String id) {
    rig.look.xadd("rq:results:" + id, Map.of("type", "1", "return_value", "gAVLBS4="));
  }

  private CompletableFuture<JobResult> await(JobQueue queue, String id) {
    return queue.async().await(id, LONG).toCompletableFuture();
  }

  private List<String> blocked() {
    return rig.look.clientList().lines().filter(line -> line.contains("cmd=xread")).toList();
  }

  private void untilBlocked() {
    Awaitility.await().until(() -> blocked().size() == 1);
  }

  @Test
  void allWaitsShareOneConnection() throws Exception {
    List<CompletableFuture<JobResult>> waits = new ArrayList<>();
    for (int i = 0; i < WAITS; i++) {
      waits.add(await(rig.queue, "many-" + i));
    }
    untilBlocked();
    long from = System.nanoTime();
    for (int i = 0; i < WAITS; i++) {
      answer("many-" + i);
    }
    for (CompletableFuture<JobResult> wait : waits) {
      assertThat(wait.get(60, TimeUnit.SECONDS).value()).contains(5L);
    }
    System.out.printf(
        "%d waits on one connection were answered in %d ms%n",
        WAITS, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from));
    assertThat(blocked()).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void whoJoinsWhileARoundBlocksIsAnsweredAtOnceAndTheNaiveWayWaitsForTheFirst() throws Exception {
    CompletableFuture<JobResult> never = await(rig.queue, "never");
    untilBlocked();
    try (DedicatedConnection naive = rig.redis.dedicate(LONG)) {
      CompletableFuture<?> naiveFirst = naiveRead(naive, "never");
      CompletableFuture<?> naiveSecond = naiveRead(naive, "soon");
      CompletableFuture<JobResult> second = await(rig.queue, "soon");
      answer("soon");

      assertThat(second.get(20, TimeUnit.SECONDS).value()).contains(5L);
      assertThat(never).isNotDone();
      // One blocking command behind another is not even looked at.
      assertThat(naiveFirst).isNotDone();
      assertThat(naiveSecond).isNotDone();
    }
    rig.queue.close();
    assertThatThrownBy(never::join).hasCauseInstanceOf(IllegalStateException.class);
  }

  @SuppressWarnings("unchecked") // one stream offset as a generic vararg
  private CompletableFuture<?> naiveRead(DedicatedConnection connection, String id) {
    return connection
        .call(
            commands ->
                commands.xread(
                    XReadArgs.Builder.block(LONG.toMillis()),
                    StreamOffset.from("rq:results:" + id, "0-0")))
        .toCompletableFuture();
  }

  @Test
  void twoWaitsForOneJobBothGetItsResult() throws Exception {
    CompletableFuture<JobResult> first = await(rig.queue, "shared");
    CompletableFuture<JobResult> second = await(rig.queue, "shared");
    untilBlocked();
    answer("shared");
    assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(second.get(20, TimeUnit.SECONDS));
  }

  @Test
  void aShortWaitEndsWhileALongOneGoesOn() {
    CompletableFuture<JobResult> never = await(rig.queue, "never-either");
    assertThatThrownBy(() -> rig.queue.await("nobody", Duration.ofMillis(100)))
        .isInstanceOf(QueueException.ResultTimeout.class);
    assertThat(never).isNotDone();
  }

  @Test
  void aRetriedRunIsNotTheEnd() throws Exception {
    CompletableFuture<JobResult> wait = await(rig.queue, "again");
    untilBlocked();
    rig.look.xadd("rq:results:again", Map.of("type", "4"));
    answer("again");
    assertThat(wait.get(20, TimeUnit.SECONDS).value()).contains(5L);
  }

  @Test
  void aBrokenConnectionFailsTheWaitsAndWaitingAgainFindsTheResult() throws Exception {
    CompletableFuture<JobResult> wait = await(rig.queue, "cut");
    untilBlocked();
    String id = blocked().get(0).replaceAll("^id=(\\d+) .*", "$1");
    rig.look.clientKill(io.lettuce.core.KillArgs.Builder.id(Long.parseLong(id)));
    assertThatThrownBy(() -> wait.get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(RedisAccessException.class);
    answer("cut");
    assertThat(await(rig.queue, "cut").get(20, TimeUnit.SECONDS).value()).contains(5L);
  }

  @Test
  void aResultThatComesBetweenTheLookAndTheWaitIsFound() {
    JobReader reader =
        new JobReader(
            rig.redis,
            new RqKeys("rq:"),
            new io.vedfolnir.queue.codec.PayloadCodec(
                io.vedfolnir.queue.codec.PayloadLimits.defaults()));
    String last = RedisAccess.await(reader.snapshot("between")).lastEntry();
    answer("between");
    try (ResultWaits waits =
        new ResultWaits(
            rig.redis,
            new RqKeys("rq:"),
            new io.vedfolnir.queue.codec.PayloadCodec(
                io.vedfolnir.queue.codec.PayloadLimits.defaults()))) {
      assertThat(
              RedisAccess.await(
                  waits.await("rq:results:between", last, System.nanoTime() + LONG.toNanos())))
          .isPresent();
    }
  }
}
