// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.lettuce.core.KeyValue;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.JobRegistry;
import io.vedfolnir.queue.QueueInfo;
import io.vedfolnir.queue.RegistryPage;
import io.vedfolnir.queue.WorkerInfo;
import io.vedfolnir.redis.RedisAccess;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Queues, registries and workers as they are; reading cleans nothing up. */
final class QueueOverview {

  private static final String[] WORKER_FIELDS = {
    "birth",
    "last_heartbeat",
    "queues",
    "pid",
    "hostname",
    "version",
    "python_version",
    "state",
    "successful_job_count",
    "failed_job_count",
    "total_working_time",
    "death",
    "current_job"
  };

  private final RedisAccess redis;
  private final RqKeys keys;

  QueueOverview(RedisAccess redis, RqKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  private record Counted(String name, Map<JobRegistry, Long> counts, Optional<String> head) {}

  CompletionStage<List<QueueInfo>> queues(List<String> names) {
    return redis
        .<List<Counted>>readTogether(
            commands -> Stages.all(names.stream().map(name -> count(commands, name)).toList()))
        .thenCompose(
            counted ->
                redis.<List<QueueInfo>>readTogether(
                    commands ->
                        Stages.all(
                            counted.stream().map(queue -> withOldest(commands, queue)).toList())))
        .thenCombine(workers(), QueueOverview::withWorkers);
  }

  private CompletionStage<Counted> count(
      RedisAsyncCommands<String, byte[]> commands, String queue) {
    List<CompletionStage<Map.Entry<JobRegistry, Long>>> sizes =
        Arrays.stream(JobRegistry.values())
            .map(registry -> sized(commands, queue, registry))
            .toList();
    CompletionStage<byte[]> head = commands.lindex(keys.queue(queue), 0);
    return Stages.<Map.Entry<JobRegistry, Long>>all(sizes)
        .thenCombine(
            head,
            (counts, id) -> {
              Map<JobRegistry, Long> byRegistry = new EnumMap<>(JobRegistry.class);
              counts.forEach(count -> byRegistry.put(count.getKey(), count.getValue()));
              return new Counted(
                  queue,
                  byRegistry,
                  Optional.ofNullable(id).map(RqKeys::text).filter(RqKeys::isJobId));
            });
  }

  private CompletionStage<Map.Entry<JobRegistry, Long>> sized(
      RedisAsyncCommands<String, byte[]> commands, String queue, JobRegistry registry) {
    return size(commands, queue, registry).thenApply(size -> Map.entry(registry, size));
  }

  private CompletionStage<Long> size(
      RedisAsyncCommands<String, byte[]> commands, String queue, JobRegistry registry) {
    String key = keys.registry(queue, registry);
    return isList(registry) ? commands.llen(key) : commands.zcard(key);
  }

  private static boolean isList(JobRegistry registry) {
    return registry == JobRegistry.QUEUED || registry == JobRegistry.CLAIMED;
  }

  private CompletionStage<QueueInfo> withOldest(
      RedisAsyncCommands<String, byte[]> commands, Counted queue) {
    // A head that is gone still takes a command: the replies stay in step.
    return commands
        .hmget(keys.job(queue.head().orElse("none")), "enqueued_at")
        .thenApply(
            reply ->
                new QueueInfo(
                    queue.name(),
                    queue.counts(),
                    List.of(),
                    queue.head().flatMap(id -> new HashFields(reply).date("enqueued_at"))));
  }

  private static List<QueueInfo> withWorkers(List<QueueInfo> queues, List<WorkerInfo> workers) {
    return queues.stream()
        .map(
            queue ->
                new QueueInfo(
                    queue.name(),
                    queue.counts(),
                    workers.stream()
                        .filter(worker -> worker.queues().contains(queue.name()))
                        .map(WorkerInfo::name)
                        .toList(),
                    queue.oldest()))
        .toList();
  }

  CompletionStage<List<WorkerInfo>> workers() {
    return redis
        .<Set<byte[]>>read(commands -> commands.smembers(keys.workers()))
        .thenCompose(
            members -> {
              List<String> names =
                  members.stream()
                      .map(RqKeys::text)
                      .flatMap(member -> keys.workerOf(member).stream())
                      .toList();
              return redis.<List<Optional<WorkerInfo>>>readTogether(
                  commands ->
                      Stages.all(names.stream().map(name -> worker(commands, name)).toList()));
            })
        .thenApply(
            found ->
                found.stream()
                    .flatMap(Optional::stream)
                    .sorted(Comparator.comparing(WorkerInfo::name))
                    .toList());
  }

  private CompletionStage<Optional<WorkerInfo>> worker(
      RedisAsyncCommands<String, byte[]> commands, String name) {
    CompletionStage<List<KeyValue<String, byte[]>>> fields =
        commands.hmget(keys.worker(name), WORKER_FIELDS);
    return commands
        .smembers(keys.executionsOf(name))
        .thenCombine(fields, (runs, reply) -> worker(name, new HashFields(reply), runs));
  }

  private static Optional<WorkerInfo> worker(String name, HashFields fields, Set<byte[]> runs) {
    boolean alive = fields.text("birth").isPresent() || fields.text("queues").isPresent();
    if (!alive || fields.text("death").isPresent()) {
      return Optional.empty();
    }
    Set<String> jobs = new LinkedHashSet<>(fields.text("current_job").stream().toList());
    runs.forEach(run -> jobs.add(RqKeys.text(run).split(":", 2)[0]));
    return Optional.of(
        new WorkerInfo(
            name,
            fields.text("queues").map(list -> List.of(list.split(","))).orElse(List.of()),
            fields.text("state").orElse("?"),
            fields.text("hostname"),
            fields.number("pid", 0, Long.MAX_VALUE),
            fields.text("version"),
            fields.text("python_version"),
            fields.date("birth"),
            fields.date("last_heartbeat"),
            List.copyOf(jobs),
            fields.number("successful_job_count", 0, Long.MAX_VALUE).orElse(0L),
            fields.number("failed_job_count", 0, Long.MAX_VALUE).orElse(0L),
            fields.seconds("total_working_time").orElse(Duration.ZERO)));
  }

  CompletionStage<RegistryPage> list(String queue, JobRegistry registry, long from, int count) {
    if (from < 0 || count < 1 || count > 10_000) {
      throw new IllegalArgumentException("from is 0 or more, count 1 to 10,000");
    }
    String key = keys.registry(queue, registry);
    long to = from + count - 1;
    return redis.readTogether(
        commands -> {
          CompletionStage<Long> total = size(commands, queue, registry);
          CompletionStage<List<RegistryPage.Entry>> entries =
              isList(registry)
                  ? commands
                      .lrange(key, from, to)
                      .thenApply(ids -> ids.stream().map(QueueOverview::entry).toList())
                  : commands
                      .zrangeWithScores(key, from, to)
                      .thenApply(
                          scored -> scored.stream().map(value -> entry(registry, value)).toList());
          return entries.thenCombine(total, (some, size) -> new RegistryPage(registry, size, some));
        });
  }

  private static RegistryPage.Entry entry(byte[] id) {
    return new RegistryPage.Entry(RqKeys.text(id), Optional.empty(), Optional.empty());
  }

  private static RegistryPage.Entry entry(JobRegistry registry, ScoredValue<byte[]> value) {
    String member = RqKeys.text(value.getValue());
    int colon = registry == JobRegistry.STARTED ? member.lastIndexOf(':') : -1;
    return new RegistryPage.Entry(
        colon < 0 ? member : member.substring(0, colon),
        RqTime.ofScore(value.getScore()),
        colon < 0 ? Optional.empty() : Optional.of(member.substring(colon + 1)));
  }
}
