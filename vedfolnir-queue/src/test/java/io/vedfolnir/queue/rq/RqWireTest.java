// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.Monitor;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.Retry;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What our side sends, command by command. */
class RqWireTest {

  private static final Logger log = LoggerFactory.getLogger(RqWireTest.class);

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  private QueueRig rig;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    rig = new QueueRig(endpoint);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private static List<String> words(List<String> commands, int words) {
    return commands.stream()
        .map(
            line -> {
              String[] parts = line.substring(1).split("\" \"", -1);
              StringBuilder text = new StringBuilder(parts[0].replace("\"", ""));
              for (int i = 1; i < Math.min(words, parts.length); i++) {
                text.append(' ').append(parts[i].replace("\"", ""));
              }
              return text.toString();
            })
        .toList();
  }

  @Test
  void anEnqueueIsOneTransaction(RedisEndpoint endpoint) throws Exception {
    try (Monitor monitor = new Monitor(endpoint)) {
      Job job = rig.queue.enqueue(RemoteCall.of("examples.add", 2, 3));
      rig.look.ping();
      Awaitility.await().until(() -> words(monitor.commands(), 1).contains("PING"));
      List<String> sent = words(monitor.commands(), 2);
      assertThat(sent.subList(0, sent.indexOf("PING")))
          .containsExactly(
              "MULTI",
              "SADD rq:queues",
              "HSET rq:job:" + job.id(),
              "EXPIRE rq:job:" + job.id(),
              "RPUSH rq:queue:" + rig.queueName,
              "EXEC");
    }
  }

  @Test
  void aJobHashHoldsWhatRqWritesInTheFormsThatRqReads() {
    Job job =
        rig.queue.enqueue(
            RemoteCall.of("examples.add", 2, 3),
            Enqueue.defaults()
                .withTimeout(Duration.ofMinutes(5))
                .withRetry(Retry.times(2).every(Duration.ofSeconds(10), Duration.ofMinutes(1))));
    Map<String, String> hash = rig.look.hgetall("rq:job:" + job.id());
    String date = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z";
    assertThat(hash.get("created_at")).matches(date);
    assertThat(hash.get("enqueued_at")).matches(date);
    assertThat(hash)
        .containsEntry("status", "queued")
        .containsEntry("origin", rig.queueName)
        .containsEntry("timeout", "300")
        .containsEntry("ttl", "7200")
        .containsEntry("result_ttl", "86400")
        .containsEntry("failure_ttl", "31536000")
        .containsEntry("retries_left", "2")
        .containsEntry("retry_intervals", "[10, 60]")
        .containsEntry("description", "examples.add(2 arguments)");
    for (String empty :
        List.of(
            "success_callback_name",
            "failure_callback_name",
            "stopped_callback_name",
            "started_at",
            "ended_at",
            "last_heartbeat",
            "worker_name",
            "group_id")) {
      assertThat(hash).containsEntry(empty, "");
    }
  }

  @Test
  void oneJobTakesTheseCommands(RedisEndpoint endpoint) throws Exception {
    Job job = rig.queue.enqueue(QueueRig.ADD, new QueueRig.AddArgs(2, 3));
    try (Monitor monitor = new Monitor(endpoint)) {
      rig.burst(rig.settings().withName("w-" + rig.queueName));
      Awaitility.await().until(() -> words(monitor.commands(), 2).contains("SREM rq:workers"));
      // Those that are for this job alone; the others are shared by all jobs of a round.
      List<String> own =
          words(monitor.commands(), 2).stream()
              .filter(command -> command.contains(job.id()))
              .map(command -> command.replaceAll(":[0-9a-f]{32}$", ":E"))
              .toList();
      String hash = "rq:job:" + job.id();
      assertThat(own)
          .containsExactly(
              "WATCH " + hash,
              "HSTRLEN " + hash,
              "HMGET " + hash,
              "HGET " + hash,
              "HSET rq:execution:" + job.id() + ":E",
              "EXPIRE rq:execution:" + job.id() + ":E",
              "ZADD rq:executions:" + job.id(),
              "EXPIRE rq:executions:" + job.id(),
              "HSET " + hash,
              "PERSIST " + hash,
              "WATCH " + hash,
              "EXISTS " + hash,
              "XADD rq:results:" + job.id(),
              "EXPIRE rq:results:" + job.id(),
              "HSET " + hash,
              "EXPIRE " + hash,
              "DEL rq:execution:" + job.id() + ":E",
              "EXISTS " + hash + ":dependents");
    }
  }

  @Test
  void anIdleWorkerAsksForAlmostNothing(RedisEndpoint endpoint) throws Exception {
    rig.start(rig.settings());
    Awaitility.await()
        .untilAsserted(() -> assertThat(rig.look.clientList()).contains("cmd=blmove"));
    try (Monitor monitor = new Monitor(endpoint)) {
      long from = System.nanoTime();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> System.nanoTime() - from > Duration.ofSeconds(12).toNanos());
      long sent = monitor.commands().size();
      log.warn("an idle worker sent {} commands in 12 s", sent);
      assertThat(sent).isLessThanOrEqualTo(6); // a beat and a sweep may fall into it
    }
  }
}
