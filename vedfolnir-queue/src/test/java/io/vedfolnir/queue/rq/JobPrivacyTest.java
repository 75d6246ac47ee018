// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Explanation;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobExport;
import io.vedfolnir.queue.JobPrivacy;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.JobSubject;
import io.vedfolnir.queue.PrivacyReceipt;
import io.vedfolnir.queue.QueueRig;
import io.vedfolnir.queue.QueueSettings;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is stored of a person in jobs, and that nothing of it is left. */
class JobPrivacyTest {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  private static final String UID = "424242";
  private static final JobSubject ADA = JobSubject.user(424242);
  private static final List<String> PERSONAL = List.of(UID, "lovelace", "ada@example.org");

  private QueueRig rig;
  private JobPrivacy privacy;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    rig = new QueueRig(endpoint);
    rig.clear();
    privacy = RqJobPrivacy.open(rig.redis, QueueSettings.defaults());
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private Job enqueued(Object user, String function) {
    return rig.queue.enqueue(
        RemoteCall.of(function, "lovelace", "ada@example.org"),
        Enqueue.defaults().withMeta(Map.of("user_id", user)).withDescription("for lovelace"));
  }

  /** Jobs in several states, the application's keys beside them, and somebody else's. */
  private List<String> everything() throws Exception {
    List<String> ids = new ArrayList<>();
    ids.add(enqueued(424242, "examples.greet").id());
    ids.add(enqueued(UID, "examples.none").id());
    rig.queue.enqueue(
        RemoteCall.of("examples.other", "somebody"),
        Enqueue.defaults().withMeta(Map.of("user_id", 7)));
    rig.burst(
        rig.settings()
            .handling("examples.greet", (call, context) -> Map.of("mail", "ada@example.org"))
            .handling("examples.other", (call, context) -> null));
    Job waiting = enqueued(424242, "examples.greet");
    ids.add(waiting.id());
    Job child = rig.queue.enqueue(RemoteCall.of("examples.add", 1, 1));
    rig.look.lrem("rq:queue:" + rig.queueName, 0, child.id());
    rig.look.zadd("rq:deferred:" + rig.queueName, 1, child.id());
    rig.look.hset(
        "rq:job:" + child.id(),
        Map.of("status", "deferred", "dependency_ids", "[\"" + waiting.id() + "\"]"));
    rig.look.sadd("rq:job:" + waiting.id() + ":dependents", child.id());
    rig.look.sadd("rq:job::" + child.id() + ":dependencies", waiting.id());
    // A task as the application enqueues it names its user only beside the job.
    Job task = rig.queue.enqueue(RemoteCall.of("examples.task"));
    ids.add(task.id());
    applicationKeys(task.id());
    return ids;
  }

  private void applicationKeys(String task) {
    rig.look.hset("rq:security:task_auth:" + task, Map.of("user_id", UID));
    rig.look.set("rq:progress:" + task, "{\"user_id\": 424242}");
    rig.look.set("rq:user_progress:" + UID + ":" + task, "{\"user_id\": 424242}");
    rig.look.set("rq:backup:" + task, "lovelace");
    rig.look.set("vedfolnir:user_active_task:" + UID, task);
    rig.look.set("vedfolnir:rq:retry:" + task, "{'mail': 'ada@example.org'}");
    rig.look.lpush(
        "rq:dead_letter_queue",
        "{\"job_id\": \"" + task + "\", \"error_message\": \"lovelace\"}",
        "{\"job_id\": \"other\"}");
    rig.look.lpush(
        "rq:security:events:"
            + LocalDate.now(ZoneOffset.UTC).format(DateTimeFormatter.BASIC_ISO_DATE),
        "{\"user_id\": 424242, \"details\": {}}",
        "{\"user_id\": 7}");
  }

  @Test
  void exportHasEverythingAndPreviewCountsIt() throws Exception {
    List<String> ids = everything();
    JobExport export = privacy.export(ADA);
    assertThat(export.jobs())
        .extracting(details -> details.job().id())
        .containsExactlyInAnyOrderElementsOf(ids);
    assertThat(export.documents()).hasSize(8).containsKey("rq:dead_letter_queue");
    assertThat(export.toString()).isEqualTo("JobExport[4 jobs, 8 documents]");
    assertThat(privacy.preview(ADA))
        .returns(4L, PrivacyReceipt::jobs)
        .returns(6L, PrivacyReceipt::documents)
        .returns(2L, PrivacyReceipt::items)
        .returns(false, PrivacyReceipt::isComplete);
    assertThat(privacy.export(ADA).jobs()).hasSize(4);
  }

  @Test
  void afterAnErasureNoByteIsLeftAndTheNaiveWayLeavesSome() throws Exception {
    List<String> ids = everything();
    assertThat(found(ids)).isNotEmpty();

    PrivacyReceipt receipt = privacy.erase(ADA);

    assertThat(receipt)
        .returns(4L, PrivacyReceipt::jobs)
        .returns(6L, PrivacyReceipt::documents)
        .returns(2L, PrivacyReceipt::items)
        .returns(true, PrivacyReceipt::isComplete);
    assertThat(found(ids)).isEmpty();
    // Somebody else's job, and the one that waited, are still there.
    assertThat(rig.look.keys("rq:job:*")).hasSize(2);
    assertThat(rig.look.llen("rq:dead_letter_queue")).isOne();
    assertThat(rig.look.llen("rq:queue:" + rig.queueName)).isOne();

    rig.clear();
    List<String> others = everything();
    naiveErase(others);
    assertThat(found(others)).isNotEmpty();
  }

  /** The job and its entry in the registry: what {@code Job.delete} of RQ removes. */
  private void naiveErase(List<String> ids) {
    for (String id : ids) {
      rig.look.del("rq:job:" + id, "rq:job:" + id + ":dependents");
      rig.look.lrem("rq:queue:" + rig.queueName, 0, id);
      rig.look.zrem("rq:finished:" + rig.queueName, id);
      rig.look.zrem("rq:failed:" + rig.queueName, id);
    }
  }

  @Test
  void anonymisedJobsKeepWhatStatisticsNeed() throws Exception {
    List<String> ids = everything();
    PrivacyReceipt receipt = privacy.anonymise(ADA);
    assertThat(receipt).returns(2L, PrivacyReceipt::jobs).returns(2L, PrivacyReceipt::left);
    Job finished = rig.queue.find(ids.get(0)).orElseThrow();
    assertThat(finished.status()).isEqualTo(JobStatus.FINISHED);
    assertThat(finished.description()).isEqualTo("examples.greet");
    assertThat(finished.endedAt()).isPresent();
    assertThat(finished.result().orElseThrow().value()).isEmpty();
    assertThat(rig.look.ttl("rq:results:" + ids.get(0))).isPositive();
    assertThat(rig.queue.find(ids.get(1)).orElseThrow().result().orElseThrow().exceptionText())
        .isEmpty();
    assertThat(places(PERSONAL)).noneMatch(place -> place.contains(ids.get(0)));
    assertThat(places(PERSONAL)).noneMatch(place -> place.contains(ids.get(1)));
  }

  @Test
  void aJobThatRunsIsLeftAndCounted() {
    Job job = enqueued(424242, "examples.greet");
    rig.look.lrem("rq:queue:" + rig.queueName, 0, job.id());
    rig.look.zadd("rq:wip:" + rig.queueName, 4e9, job.id());
    rig.look.hset(
        "rq:job:" + job.id(),
        Map.of("status", "started", "started_at", RqTime.date(java.time.Instant.now())));
    assertThat(rig.queue.explain(job.id())).isInstanceOf(Explanation.Running.class);
    assertThat(privacy.erase(ADA))
        .returns(0L, PrivacyReceipt::jobs)
        .returns(1L, PrivacyReceipt::left)
        .returns(false, PrivacyReceipt::isComplete);
    rig.look.zadd("rq:wip:" + rig.queueName, 4, job.id());
    assertThat(privacy.erase(ADA).isComplete()).isTrue();
    assertThat(found(List.of(job.id()))).isEmpty();
  }

  @Test
  void aSelectorFindsJobsThatNameNobodyAndAScanThoseThatNothingNames() {
    Job job = rig.queue.enqueue(RemoteCall.of("examples.greet", "lovelace"));
    JobSubject lovelace =
        ADA.owning(
            details -> details.call().filter(call -> call.args().contains("lovelace")).isPresent());
    assertThat(privacy.preview(ADA).jobs()).isZero();
    assertThat(privacy.preview(lovelace).jobs()).isOne();
    rig.look.del("rq:queue:" + rig.queueName);
    assertThat(privacy.preview(lovelace).jobs()).isZero();
    try (RedisAccess ops = RedisAccess.open(RedisSettings.of(rig.endpoint.uri(Role.OPS)))) {
      JobPrivacy thorough = RqJobPrivacy.open(rig.redis, QueueSettings.defaults(), ops);
      assertThat(thorough.erase(lovelace).jobs()).isOne();
    }
    assertThat(found(List.of(job.id()))).isEmpty();
  }

  @Test
  void theIdOfAJobThatExpiredIsErasedToo() {
    Job job = rig.queue.enqueue(RemoteCall.of("examples.task"));
    applicationKeys(job.id());
    rig.look.del("rq:job:" + job.id());
    assertThat(privacy.erase(ADA).isComplete()).isTrue();
    assertThat(found(List.of(job.id()))).isEmpty();
  }

  @Test
  void aStrangeUserIdIsRefused() {
    assertThatThrownBy(() -> JobSubject.user("*")).isInstanceOf(IllegalArgumentException.class);
    assertThat(ADA.toString()).doesNotContain(UID);
  }

  private List<String> found(List<String> ids) {
    List<String> words = new ArrayList<>(PERSONAL);
    words.addAll(ids);
    return places(words);
  }

  /** Every key that holds one of these words: in its name, or in what lies there, unpacked. */
  private List<String> places(List<String> words) {
    List<String> places = new ArrayList<>();
    RedisClient client = RedisClient.create(rig.endpoint.uri(Role.TEST));
    try {
      RedisCommands<String, byte[]> raw =
          client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE)).sync();
      for (String key : raw.keys("*")) {
        StringBuilder text = new StringBuilder(key);
        contents(raw, key).forEach(value -> text.append('\n').append(unpacked(value)));
        for (String word : words) {
          if (text.indexOf(word) >= 0) {
            places.add(key + " has " + word);
          }
        }
      }
    } finally {
      client.shutdown();
    }
    return places;
  }

  private static List<byte[]> contents(RedisCommands<String, byte[]> raw, String key) {
    List<byte[]> values = new ArrayList<>();
    switch (raw.type(key)) {
      case "hash" -> values.addAll(raw.hgetall(key).values());
      case "list" -> values.addAll(raw.lrange(key, 0, -1));
      case "set" -> values.addAll(raw.smembers(key));
      case "zset" -> values.addAll(raw.zrange(key, 0, -1));
      case "stream" ->
          raw.xrange(key, io.lettuce.core.Range.unbounded())
              .forEach(entry -> values.addAll(entry.getBody().values()));
      default -> values.add(raw.get(key));
    }
    return values;
  }

  private static String unpacked(byte[] value) {
    byte[] bytes = value;
    try {
      bytes = Base64.getDecoder().decode(value);
    } catch (IllegalArgumentException e) {
      // as it is
    }
    return text(value) + text(inflated(value)) + text(bytes) + text(inflated(bytes));
  }

  private static byte[] inflated(byte[] value) {
    try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(value))) {
      return in.readAllBytes();
    } catch (IOException e) {
      return value;
    }
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.ISO_8859_1);
  }
}
