// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.cli;

import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Explanation;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobDetails;
import io.vedfolnir.queue.JobRegistry;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.QueueInfo;
import io.vedfolnir.queue.RegistryPage;
import io.vedfolnir.queue.WorkerInfo;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the {@code jobs} command prints: times as ISO text, durations in seconds. */
final class JobJson {

  private JobJson() {}

  static Map<String, @Nullable Object> of(JobDetails details) {
    Job job = details.job();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", job.id());
    json.put("queue", job.queue());
    json.put("status", job.status().word());
    json.put("description", job.description());
    details
        .call()
        .ifPresent(
            call -> {
              json.put("function", call.function());
              json.put("args", JsonValues.plain(call.args()));
              json.put("kwargs", JsonValues.plain(call.kwargs()));
            });
    details.callRefusal().ifPresent(reason -> json.put("payload", Map.of("refused", reason)));
    details.format().ifPresent(format -> json.put("serializer", word(format)));
    json.put(
        "meta",
        details
            .metaRefusal()
            .<Object>map(reason -> Map.of("refused", reason))
            .orElseGet(() -> JsonValues.plain(details.meta())));
    json.put("progress", JsonValues.plain(details.progress()));
    json.put("result", details.history().stream().findFirst().map(JobJson::of).orElse(null));
    json.put("results_kept", (long) details.history().size());
    times(json, job);
    json.put("retries_left", (long) job.retriesLeft());
    json.put("worker", job.worker().orElse(null));
    json.put("dependencies", details.dependencies());
    json.put("dependents", details.dependents());
    json.put("group", details.group().orElse(null));
    return json;
  }

  private static void times(Map<String, @Nullable Object> json, Job job) {
    json.put("created_at", text(job.createdAt()));
    json.put("enqueued_at", text(job.enqueuedAt()));
    json.put("started_at", text(job.startedAt()));
    json.put("ended_at", text(job.endedAt()));
    json.put("timeout", seconds(job.timeout()));
    json.put("ttl", seconds(job.jobTtl()));
    json.put("result_ttl", seconds(job.resultTtl()));
    json.put("failure_ttl", seconds(job.failureTtl()));
  }

  private static Map<String, @Nullable Object> of(JobResult result) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("outcome", word(result.outcome()));
    json.put("at", result.createdAt().toString());
    json.put("value", JsonValues.value(result));
    json.put("exception", result.exceptionText().orElse(null));
    json.put("worker", result.worker().orElse(null));
    return json;
  }

  static Map<String, @Nullable Object> of(String id, Explanation explanation) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", id);
    json.put("reason", words(explanation.getClass().getSimpleName(), "-"));
    json.put("healthy", explanation.isHealthy());
    json.put("sentence", explanation.sentence());
    for (RecordComponent fact : explanation.getClass().getRecordComponents()) {
      json.put(words(fact.getName(), "_"), fact(explanation, fact));
    }
    return json;
  }

  private static @Nullable Object fact(Explanation explanation, RecordComponent fact) {
    try {
      return plain(fact.getAccessor().invoke(explanation));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the facts of an explanation are public", e);
    }
  }

  private static @Nullable Object plain(@Nullable Object fact) {
    if (fact instanceof Optional<?> optional) {
      return plain(optional.orElse(null));
    }
    if (fact instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((name, value) -> copy.put(String.valueOf(name), plain(value)));
      return copy;
    }
    if (fact instanceof List<?> list) {
      return list.stream().map(JobJson::plain).toList();
    }
    if (fact instanceof Enum<?> word) {
      return word(word);
    }
    return fact instanceof Instant ? fact.toString() : fact;
  }

  static Map<String, @Nullable Object> of(RegistryPage page) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("registry", word(page.registry()));
    json.put("total", page.total());
    json.put("jobs", page.entries().stream().map(JobJson::of).toList());
    return json;
  }

  private static Map<String, @Nullable Object> of(RegistryPage.Entry entry) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", entry.id());
    entry.at().ifPresent(at -> json.put("at", at.toString()));
    entry.executionId().ifPresent(execution -> json.put("execution", execution));
    return json;
  }

  static Map<String, @Nullable Object> of(QueueInfo queue) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("name", queue.name());
    for (JobRegistry registry : JobRegistry.values()) {
      json.put(word(registry), queue.count(registry));
    }
    json.put("oldest", text(queue.oldest()));
    json.put("workers", queue.workers());
    return json;
  }

  static Map<String, @Nullable Object> of(WorkerInfo worker) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("name", worker.name());
    json.put("state", worker.state());
    json.put("queues", worker.queues());
    json.put("jobs", worker.currentJobs());
    json.put("host", worker.host().orElse(null));
    json.put("pid", worker.pid().orElse(null));
    json.put("version", worker.version().orElse(null));
    json.put("runtime", worker.runtime().orElse(null));
    json.put("birth", text(worker.birth()));
    json.put("last_heartbeat", text(worker.lastHeartbeat()));
    json.put("finished", worker.finished());
    json.put("failed", worker.failed());
    json.put("working_time", worker.workingTime().toMillis() / 1e3);
    return json;
  }

  private static @Nullable Object text(Optional<Instant> time) {
    return time.map(Instant::toString).orElse(null);
  }

  private static @Nullable Object seconds(Optional<Duration> duration) {
    return duration
        .map(value -> value.equals(Enqueue.FOREVER) ? -1L : value.toSeconds())
        .orElse(null);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** {@code NoWorker} as {@code no-worker}. */
  private static String words(String camelCase, String between) {
    return camelCase.replaceAll("(?<=[a-z])(?=[A-Z])", between).toLowerCase(Locale.ROOT);
  }
}
