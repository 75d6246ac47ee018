// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.ScoredValue;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.rq.JobHash;
import io.vedfolnir.queue.rq.ResultEntry;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.queue.rq.RqTime;
import io.vedfolnir.queue.rq.Ttl;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the end of a run into its job: status, result, registry, or the way to the next run. */
final class JobRecord {

  private static final Ttl FAILURE_TTL = Ttl.of(Duration.ofDays(365));

  private final Workshop workshop;
  private final RqKeys keys;
  private final RedisAsyncCommands<String, byte[]> commands;
  private final Map<String, List<ScoredValue<byte[]>>> registries = new LinkedHashMap<>();

  /** Writes with these commands, inside a transaction. */
  JobRecord(Workshop workshop, RedisAsyncCommands<String, byte[]> commands) {
    this.workshop = workshop;
    this.keys = workshop.keys();
    this.commands = commands;
  }

  /** Enters all that was written in its registries, one command for each. */
  void enter() {
    registries.forEach((registry, members) -> commands.zadd(registry, Starts.scored(members)));
  }

  void write(Ending ending) {
    Execution execution = ending.execution();
    JobHash hash = execution.hash();
    Outcome outcome = ending.outcome();
    switch (ending.goal()) {
      case FINISHED -> finish(ending, (Outcome.Returned) outcome);
      case FAILED ->
          fail(
              hash,
              execution.queue(),
              JobStatus.FAILED,
              failure(ending, ((Outcome.Failed) outcome).exceptionText()),
              ending.at());
      case STOPPED ->
          fail(
              hash,
              execution.queue(),
              JobStatus.STOPPED,
              failure(ending, ((Outcome.Stopped) outcome).exceptionText()),
              ending.at());
      case RETRIED -> retry(hash, execution.queue(), new HashMap<>(), ending.at());
      case RETURNED -> queue(hash, execution.queue(), new HashMap<>(), true, ending.at());
    }
  }

  private void finish(Ending ending, Outcome.Returned returned) {
    Execution execution = ending.execution();
    JobHash hash = execution.hash();
    Instant now = ending.at();
    Ttl ttl = hash.resultTtl().orElseGet(() -> Ttl.of(workshop.settings().resultTtl()));
    boolean repeats = hash.repeatsLeft() > 0;
    if (ttl.isNothing() && !repeats) {
      drop(hash);
      return;
    }
    if (!ttl.isNothing()) {
      result(
          hash,
          ResultEntry.success(
              returned.value(),
              workshop.name(),
              execution.executionId(),
              execution.startedAt(),
              now),
          ttl);
      register(
          keys.finished(execution.queue()),
          ttl.isForever() ? Double.POSITIVE_INFINITY : RqTime.score(now) + ttl.seconds(),
          hash.id());
    }
    if (repeats) {
      repeat(hash, execution.queue(), now);
    } else {
      commands.hset(keys.job(hash.id()), ended(JobStatus.FINISHED, now));
      expire(hash, ttl);
    }
  }

  private Map<String, byte[]> failure(Ending ending, String exceptionText) {
    return ResultEntry.failure(
        workshop.codec().encodeException(exceptionText),
        workshop.name(),
        ending.execution().executionId(),
        ending.execution().startedAt(),
        ending.at());
  }

  /** The job has failed for good. */
  void fail(JobHash hash, String queue, JobStatus status, Map<String, byte[]> result, Instant now) {
    Ttl ttl = hash.failureTtl().orElse(FAILURE_TTL);
    if (ttl.isNothing()) {
      drop(hash);
      return;
    }
    commands.hset(keys.job(hash.id()), ended(status, now));
    result(hash, result, ttl);
    expire(hash, ttl);
    register(
        keys.failed(queue), ttl.isForever() ? -1 : RqTime.score(now) + ttl.seconds(), hash.id());
  }

  /** The job runs again, as its retries say. */
  void retry(JobHash hash, String queue, Map<String, byte[]> fields, Instant now) {
    fields.put("ended_at", bytes(RqTime.date(now)));
    fields.put("retries_left", bytes(Integer.toString(hash.retriesLeft() - 1)));
    again(hash, queue, fields, hash.nextRetryPause(), hash.retryAtFront(), now);
  }

  private void repeat(JobHash hash, String queue, Instant now) {
    Map<String, byte[]> fields = new HashMap<>();
    fields.put("ended_at", bytes(RqTime.date(now)));
    fields.put("repeats_left", bytes(Integer.toString(hash.repeatsLeft() - 1)));
    again(hash, queue, fields, hash.nextRepeatPause(), hash.atFront(), now);
  }

  private void again(
      JobHash hash,
      String queue,
      Map<String, byte[]> fields,
      long pause,
      boolean atFront,
      Instant now) {
    if (pause == 0) {
      queue(hash, queue, fields, atFront, now);
      return;
    }
    fields.put("status", bytes(JobStatus.SCHEDULED.word()));
    fields.put("last_heartbeat", bytes(RqTime.date(now)));
    commands.sadd(keys.queues(), bytes(keys.queue(queue)));
    commands.hset(keys.job(hash.id()), fields);
    register(keys.scheduled(queue), RqTime.score(now) + pause, hash.id());
  }

  /** The job is queued again. */
  void queue(JobHash hash, String queue, Map<String, byte[]> fields, boolean atFront, Instant now) {
    String job = keys.job(hash.id());
    fields.put("status", bytes(JobStatus.QUEUED.word()));
    fields.put("enqueued_at", bytes(RqTime.date(now)));
    fields.put("last_heartbeat", bytes(RqTime.date(now)));
    commands.sadd(keys.queues(), bytes(keys.queue(queue)));
    commands.hset(job, fields);
    hash.ttl()
        .filter(ttl -> ttl.seconds() > 0 && !hash.isDurable())
        .ifPresent(ttl -> commands.expire(job, ttl.seconds()));
    if (atFront) {
      commands.lpush(keys.queue(queue), bytes(hash.id()));
    } else {
      commands.rpush(keys.queue(queue), bytes(hash.id()));
    }
  }

  // The set of dependents stays for the release that follows.
  private void drop(JobHash hash) {
    commands.del(keys.job(hash.id()), keys.dependencies(hash.id()), keys.results(hash.id()));
  }

  private void result(JobHash hash, Map<String, byte[]> entry, Ttl ttl) {
    String results = keys.results(hash.id());
    commands.xadd(results, XAddArgs.Builder.maxlen(10).approximateTrimming(), entry);
    if (ttl.isForever()) {
      commands.persist(results);
    } else {
      commands.expire(results, ttl.seconds());
    }
  }

  private void expire(JobHash hash, Ttl ttl) {
    if (ttl.isForever()) {
      return;
    }
    commands.expire(keys.job(hash.id()), ttl.seconds());
    if (hash.hasDependencies()) {
      commands.expire(keys.dependencies(hash.id()), ttl.seconds());
    }
  }

  private void register(String registry, double score, String id) {
    registries
        .computeIfAbsent(registry, key -> new ArrayList<>())
        .add(ScoredValue.just(score, bytes(id)));
  }

  private static Map<String, byte[]> ended(JobStatus status, Instant now) {
    byte[] date = bytes(RqTime.date(now));
    return Map.of("status", bytes(status.word()), "ended_at", date, "last_heartbeat", date);
  }
}
