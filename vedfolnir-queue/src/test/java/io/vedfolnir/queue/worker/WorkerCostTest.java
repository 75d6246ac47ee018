// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.Monitor;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.Worker;
import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a job costs Redis, counted by MONITOR: commands and writes, not time. With {@code
 * -Dvedfolnir.cost.strict=true} the bar is that of a quiet machine: 15 commands and a tenth of a
 * round trip.
 */
class WorkerCostTest {

  private static final Logger log = LoggerFactory.getLogger(WorkerCostTest.class);
  private static final int SLOTS = 128;
  private static final int JOBS = 24 * SLOTS;
  private static final boolean STRICT = Boolean.getBoolean("vedfolnir.cost.strict");

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  private QueueRig rig;
  private RedisEndpoint endpoint;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    this.endpoint = endpoint;
    this.rig = new QueueRig(endpoint);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private void enqueue(int jobs) {
    List<CompletableFuture<Job>> sent = new ArrayList<>();
    for (int i = 0; i < jobs; i++) {
      sent.add(
          rig.queue
              .async()
              .enqueue(QueueRig.ADD, new QueueRig.AddArgs(i, 1), Enqueue.defaults())
              .toCompletableFuture());
      if (sent.size() == 256) { // a connection takes so many commands at once, and no more
        sent.forEach(CompletableFuture::join);
        sent.clear();
      }
    }
    sent.forEach(CompletableFuture::join);
  }

  // All slots are busy before one ends, so that the figures do not depend on this machine.
  private WorkerSettings fullyLoaded() {
    CyclicBarrier all = new CyclicBarrier(SLOTS);
    return WorkerSettings.listeningTo(rig.queueName)
        .withConcurrency(SLOTS)
        .handling(
            QueueRig.ADD,
            (args, context) -> {
              all.await(20, TimeUnit.SECONDS);
              return args.a() + args.b();
            });
  }

  @Test
  void jobsShareTheirCommandsAndRoundTrips() throws Exception {
    enqueue(JOBS);
    long trips;
    List<String> commands;
    try (Monitor monitor = new Monitor(endpoint);
        CountingRelay relay = new CountingRelay(endpoint);
        RedisAccess counted = RedisAccess.open(relay.settings(endpoint));
        Worker worker = RqWorker.start(counted, fullyLoaded().withBurst())) {
      worker.awaitStopped();
      trips = relay.roundTrips();
      Awaitility.await()
          .until(() -> monitor.commands().stream().anyMatch(line -> line.contains("\"death\"")));
      commands = monitor.commands().stream().filter(line -> !line.startsWith("\"INFO\"")).toList();
    }
    log.warn(
        "{} commands and {} round trips a job: {}",
        commands.size() / (double) JOBS,
        trips / (double) JOBS,
        commands.stream()
            .map(line -> line.substring(1, line.indexOf('"', 1)))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting())));
    assertThat(rig.look.zcard("rq:finished:" + rig.queueName)).isEqualTo(JOBS);
    // How many jobs share a round depends on how busy the machine is; alone, a job costs about 28
    // commands and 5 round trips. The bar itself is for a machine that has time for it.
    int commandsEach = STRICT ? 15 : 20;
    assertThat(commands.size()).isLessThanOrEqualTo(commandsEach * JOBS);
    assertThat(trips).isLessThanOrEqualTo(STRICT ? JOBS / 10 : JOBS / 2);
  }

  /** The length of the watch; at the full length of 130 s it sees every regular command twice. */
  private static final int IDLE_SECONDS = Integer.getInteger("vedfolnir.idle.seconds", 8);

  @Test
  void anIdleWorkerIsQuiet() throws Exception {
    Worker worker = rig.start(rig.settings());
    Awaitility.await()
        .until(() -> "idle".equals(rig.look.hget("rq:worker:" + worker.name(), "state")));
    try (Monitor monitor = new Monitor(endpoint)) {
      assertThat(worker.awaitStopped(Duration.ofSeconds(IDLE_SECONDS))).isFalse();
      List<String> commands = monitor.commands();
      log.warn("{} commands in {} s: {}", commands.size(), IDLE_SECONDS, commands);
      // One beat more than its share may fall into a short watch.
      assertThat(commands.size()).isLessThanOrEqualTo(IDLE_SECONDS / 5 + 6);
    }
  }
}
