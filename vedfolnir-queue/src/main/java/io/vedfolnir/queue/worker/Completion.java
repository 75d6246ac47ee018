// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.rq.JobHash;
import io.vedfolnir.queue.rq.ResultEntry;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.queue.rq.RqTime;
import io.vedfolnir.queue.rq.Ttl;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.redis.TransactionReply;
import io.vedfolnir.redis.WatchedTransaction;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records how a run ended, in one transaction, and only while the run is still ours.
 *
 * <p>The fence is the run's entry in the registry of started jobs, together with the job's hash.
 * Whoever takes a job away (maintenance, stop, cancel, delete) removes the one or the other in a
 * transaction that changes the hash, and the hash is watched. The execution's own key is no fence:
 * it has a TTL, so a full Redis may evict it under a worker that lives.
 */
final class Completion {

  private static final Logger log = LoggerFactory.getLogger(Completion.class);
  private static final int TRIES = 50;
  private static final Ttl FAILURE_TTL = Ttl.of(Duration.ofDays(365));

  /** What became of an outcome. */
  enum Recorded {
    FINISHED,
    FAILED,
    RETRIED,
    REFUSED
  }

  private record Standing(boolean ours, boolean exists) {}

  private final Workshop workshop;
  private final RqKeys keys;
  private final Dependents dependents;

  Completion(Workshop workshop) {
    this.workshop = workshop;
    this.keys = workshop.keys();
    this.dependents = new Dependents(workshop);
  }

  /** Records an outcome, however long Redis needs. */
  Recorded record(Execution execution, Outcome outcome) {
    Recorded goal = goal(execution, outcome);
    AtomicBoolean maybeDone = new AtomicBoolean();
    Recorded recorded =
        workshop
            .patience()
            .await(
                "recording a result",
                () ->
                    transaction(execution, outcome, goal)
                        .whenComplete(
                            (done, failure) -> {
                              if (failure instanceof RedisAccessException.OutcomeUnknown) {
                                maybeDone.set(true);
                              }
                            }));
    if (recorded == Recorded.REFUSED && maybeDone.get()) {
      recorded = goal; // the try whose reply was lost has removed the entry
    }
    if (recorded == Recorded.FINISHED || recorded == Recorded.FAILED) {
      dependents.release(execution, recorded);
    }
    return recorded;
  }

  private static Recorded goal(Execution execution, Outcome outcome) {
    if (outcome instanceof Outcome.Failed failed) {
      return failed.retrying() == Outcome.Retrying.AS_THE_JOB_SAYS
              && execution.hash().retriesLeft() > 0
          ? Recorded.RETRIED
          : Recorded.FAILED;
    }
    return Recorded.FINISHED;
  }

  private CompletionStage<Recorded> transaction(
      Execution execution, Outcome outcome, Recorded goal) {
    String job = keys.job(execution.id());
    byte[] member = bytes(keys.member(execution.id(), execution.executionId()));
    return workshop
        .redis()
        .watched(
            new WatchedTransaction<>(
                List.of(job),
                commands ->
                    commands
                        .zscore(keys.started(execution.queue()), member)
                        .thenCombine(
                            commands.exists(job),
                            (score, exists) -> new Standing(score != null, exists > 0)),
                standing ->
                    standing.ours() && standing.exists()
                        ? Decision.write(
                            commands -> write(commands, execution, outcome, goal),
                            reply -> check(reply, goal))
                        : Decision.stop(Recorded.REFUSED),
                TRIES));
  }

  private static Recorded check(TransactionReply reply, Recorded goal) {
    for (int i = 0; i < reply.size(); i++) {
      reply
          .error(i)
          .ifPresent(
              error ->
                  log.warn("a result was recorded in part: {}", error.code().orElse("no reply")));
    }
    return goal;
  }

  private void write(
      RedisAsyncCommands<String, byte[]> commands,
      Execution execution,
      Outcome outcome,
      Recorded goal) {
    Instant now = workshop.now();
    commands.hincrby(
        workshop.workerKey(),
        goal == Recorded.FINISHED ? "successful_job_count" : "failed_job_count",
        1);
    commands.hincrbyfloat(
        workshop.workerKey(),
        "total_working_time",
        Duration.between(execution.startedAt(), now).toNanos() / 1e9);
    if (goal == Recorded.RETRIED) {
      retry(commands, execution, now);
    } else if (outcome instanceof Outcome.Returned returned) {
      finish(commands, execution, returned, now);
    } else if (outcome instanceof Outcome.Failed failed) {
      fail(commands, execution, failed, now);
    }
    commands.del(keys.execution(execution.id(), execution.executionId()));
    commands.zrem(
        keys.started(execution.queue()),
        bytes(keys.member(execution.id(), execution.executionId())));
    commands.zrem(keys.executions(execution.id()), bytes(execution.executionId()));
  }

  private void finish(
      RedisAsyncCommands<String, byte[]> commands,
      Execution execution,
      Outcome.Returned returned,
      Instant now) {
    JobHash hash = execution.hash();
    Ttl ttl = hash.resultTtl().orElseGet(() -> Ttl.of(workshop.settings().resultTtl()));
    keep(
        commands,
        execution,
        ttl,
        JobStatus.FINISHED,
        ResultEntry.success(
            returned.value(), workshop.name(), execution.executionId(), execution.startedAt(), now),
        now);
    if (ttl.isForever()) {
      commands.zadd(
          keys.finished(execution.queue()), Double.POSITIVE_INFINITY, bytes(execution.id()));
    } else if (!ttl.isNothing()) {
      commands.zadd(
          keys.finished(execution.queue()),
          RqTime.score(now) + ttl.seconds(),
          bytes(execution.id()));
    }
  }

  private void fail(
      RedisAsyncCommands<String, byte[]> commands,
      Execution execution,
      Outcome.Failed failed,
      Instant now) {
    Ttl ttl = execution.hash().failureTtl().orElse(FAILURE_TTL);
    keep(
        commands,
        execution,
        ttl,
        JobStatus.FAILED,
        ResultEntry.failure(
            workshop.codec().encodeException(failed.exceptionText()),
            workshop.name(),
            execution.executionId(),
            execution.startedAt(),
            now),
        now);
    if (!ttl.isNothing()) {
      commands.zadd(
          keys.failed(execution.queue()),
          ttl.isForever() ? -1 : RqTime.score(now) + ttl.seconds(),
          bytes(execution.id()));
    }
  }

  private void keep(
      RedisAsyncCommands<String, byte[]> commands,
      Execution execution,
      Ttl ttl,
      JobStatus status,
      Map<String, byte[]> result,
      Instant now) {
    String id = execution.id();
    if (ttl.isNothing()) {
      // The set of dependents stays for the release that follows.
      commands.del(keys.job(id), keys.dependencies(id), keys.results(id));
      return;
    }
    commands.hset(keys.job(id), ended(status, now));
    commands.xadd(keys.results(id), XAddArgs.Builder.maxlen(10).approximateTrimming(), result);
    if (ttl.isForever()) {
      commands.persist(keys.results(id));
    } else {
      commands.expire(keys.results(id), ttl.seconds());
      commands.expire(keys.job(id), ttl.seconds());
      if (execution.hash().hasDependencies()) {
        commands.expire(keys.dependencies(id), ttl.seconds());
      }
    }
  }

  private void retry(
      RedisAsyncCommands<String, byte[]> commands, Execution execution, Instant now) {
    JobHash hash = execution.hash();
    String id = execution.id();
    String queue = execution.queue();
    long pause = hash.nextRetryPause();
    JobStatus status = pause == 0 ? JobStatus.QUEUED : JobStatus.SCHEDULED;
    Map<String, byte[]> fields = new HashMap<>(ended(status, now));
    fields.put("retries_left", bytes(Integer.toString(hash.retriesLeft() - 1)));
    commands.sadd(keys.queues(), bytes(keys.queue(queue)));
    if (pause > 0) {
      commands.hset(keys.job(id), fields);
      commands.zadd(keys.scheduled(queue), RqTime.score(now) + pause, bytes(id));
      return;
    }
    fields.put("enqueued_at", bytes(RqTime.date(now)));
    commands.hset(keys.job(id), fields);
    hash.ttl()
        .filter(ttl -> ttl.seconds() > 0)
        .ifPresent(ttl -> commands.expire(keys.job(id), ttl.seconds()));
    if (hash.retryAtFront()) {
      commands.lpush(keys.queue(queue), bytes(id));
    } else {
      commands.rpush(keys.queue(queue), bytes(id));
    }
  }

  private static Map<String, byte[]> ended(JobStatus status, Instant now) {
    byte[] date = bytes(RqTime.date(now));
    return Map.of("status", bytes(status.word()), "ended_at", date, "last_heartbeat", date);
  }
}
