// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.KeyValue;
import io.lettuce.core.Range;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.JobEnd;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.WorkerSettings.Abandoned;
import io.vedfolnir.queue.rq.JobHash;
import io.vedfolnir.queue.rq.ResultEntry;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.queue.rq.RqTime;
import io.vedfolnir.queue.worker.Outcome.Goal;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.redis.WatchedTransaction;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a job of a dead worker its next chance, or ends it. */
final class Recovery {

  private static final Logger log = LoggerFactory.getLogger(Recovery.class);
  private static final int TRIES = 100;
  private static final int MOST_RECOVERIES = 3;

  /** What a job looks like while it is watched. */
  private record Seen(
      boolean isEntered, List<KeyValue<String, byte[]>> fields, List<String> running) {

    boolean isGone() {
      return fields.stream().noneMatch(KeyValue::hasValue);
    }

    boolean runsElsewhere(String id) {
      return running.stream().map(RqKeys::jobOfMember).anyMatch(id::equals);
    }
  }

  private enum Done {
    NOTHING,
    CLEANED,
    QUEUED,
    FAILED
  }

  private final Workshop workshop;
  private final RqKeys keys;
  private final Dependents dependents;
  private final Callbacks callbacks;
  private final Unstartable unstartable;
  private final Ghosts ghosts;

  Recovery(Workshop workshop, Dependents dependents, Callbacks callbacks) {
    this.workshop = workshop;
    this.callbacks = callbacks;
    this.keys = workshop.keys();
    this.dependents = dependents;
    this.unstartable = new Unstartable(workshop);
    this.ghosts = new Ghosts(workshop);
  }

  /** Ends a run whose lease is over. */
  void recover(String queue, byte[] member) {
    String id = RqKeys.jobOfMember(RqKeys.text(member));
    if (!RqKeys.isJobId(id)) {
      RedisAccess.await(
          workshop.redis().call(commands -> commands.zrem(keys.started(queue), member)));
      log.warn("an entry in the registry of started jobs of queue {} was no job", queue);
      return;
    }
    AtomicReference<JobHash> abandoned = new AtomicReference<>();
    Done done =
        watched(
            commands -> commands.zrem(keys.started(queue), member),
            List.of(keys.job(id)),
            commands ->
                look(
                    commands,
                    queue,
                    id,
                    commands
                        .zscore(keys.started(queue), member)
                        .thenApply(
                            lease -> lease != null && lease <= RqTime.score(workshop.now()))),
            seen -> decideAbandoned(queue, id, member, seen, abandoned));
    tell(queue, id, done);
    JobHash job = abandoned.get();
    if (job != null && (done == Done.QUEUED || done == Done.FAILED)) {
      callBack(queue, member, job);
    }
  }

  // As RQ's maintenance does, whether or not the job runs again.
  private void callBack(String queue, byte[] member, JobHash job) {
    Execution execution =
        new Execution(
            job,
            queue,
            RqKeys.executionOf(RqKeys.text(member)).orElse(""),
            job.startedAt().orElse(workshop.now()),
            Optional.empty(),
            new Meta(workshop));
    try {
      callbacks.call(job.failureCallback(), execution, new JobEnd.Failed(abandonedText()));
    } catch (Exception e) {
      log.warn("a callback for an abandoned job of queue {} failed", queue, e);
    }
  }

  private Decision<Done> decideAbandoned(
      String queue, String id, byte[] member, Seen seen, AtomicReference<JobHash> abandoned) {
    if (!seen.isEntered()) {
      return Decision.stop(Done.NOTHING);
    }
    if (seen.isGone() || seen.runsElsewhere(id)) {
      return write(Done.CLEANED, commands -> endRun(commands, queue, id, member));
    }
    if (JobHash.read(id, seen.fields()) instanceof JobHash.Broken broken) {
      return write(
          Done.FAILED,
          commands -> {
            unstartable.writeFailure(commands, queue, id, broken.fields());
            endRun(commands, queue, id, member);
          });
    }
    JobHash hash = ((JobHash.Whole) JobHash.read(id, seen.fields())).hash();
    if (hash.status() != JobStatus.STARTED) {
      // It has ended, and only its entry was left: a late word must not make it fail.
      return write(Done.CLEANED, commands -> endRun(commands, queue, id, member));
    }
    abandoned.set(hash);
    boolean poison = hash.recoveries() >= MOST_RECOVERIES;
    boolean again =
        !poison
            && (hash.retriesLeft() > 0 || workshop.settings().abandoned() == Abandoned.RUN_AGAIN);
    return write(
        again ? Done.QUEUED : Done.FAILED,
        commands -> {
          JobRecord record = new JobRecord(workshop, commands);
          if (again) {
            again(record, queue, hash);
          } else {
            fail(record, queue, hash, poison);
          }
          record.enter();
          endRun(commands, queue, id, member);
        });
  }

  private void again(JobRecord record, String queue, JobHash hash) {
    Map<String, byte[]> fields = new HashMap<>();
    fields.put(JobHash.RECOVERIES, bytes(Integer.toString(hash.recoveries() + 1)));
    if (hash.retriesLeft() > 0) {
      record.retry(hash, queue, fields, workshop.now());
    } else {
      record.queue(hash, queue, fields, true, workshop.now());
    }
  }

  private void fail(JobRecord record, String queue, JobHash hash, boolean poison) {
    Instant now = workshop.now();
    String text =
        poison
            ? ExceptionText.of(
                "rq.exceptions.AbandonedJobError",
                "the workers that ran this job died " + (MOST_RECOVERIES + 1) + " times")
            : abandonedText();
    record.fail(
        hash,
        queue,
        JobStatus.FAILED,
        ResultEntry.failure(
            workshop.codec().encodeException(text), "", "", hash.startedAt().orElse(now), now),
        now);
  }

  // RQ's own words.
  private String abandonedText() {
    return "Moved to FailedJobRegistry, due to AbandonedJobError, at "
        + RqTime.date(workshop.now())
        + "\n";
  }

  private void endRun(
      RedisAsyncCommands<String, byte[]> commands, String queue, String id, byte[] member) {
    commands.zrem(keys.started(queue), member);
    RqKeys.executionOf(RqKeys.text(member))
        .ifPresent(
            execution -> {
              commands.zrem(keys.executions(id), bytes(execution));
              commands.del(keys.execution(id, execution));
            });
  }

  /** Puts an id back to the front of its queue that was claimed and never started. */
  void putBack(String queue, byte[] raw) {
    String id = RqKeys.text(raw);
    String intermediate = keys.intermediate(queue);
    if (!RqKeys.isJobId(id)) {
      RedisAccess.await(workshop.redis().call(commands -> commands.lrem(intermediate, 0, raw)));
      return;
    }
    Done done =
        watched(
            commands -> commands.lrem(intermediate, 0, raw),
            List.of(keys.job(id), intermediate),
            commands ->
                look(
                    commands,
                    queue,
                    id,
                    commands
                        .lrange(intermediate, 0, -1)
                        .thenApply(
                            ids -> ids.stream().anyMatch(other -> Arrays.equals(other, raw)))),
            seen -> decideStuck(queue, id, raw, seen));
    tell(queue, id, done);
  }

  private Decision<Done> decideStuck(String queue, String id, byte[] raw, Seen seen) {
    if (!seen.isEntered() || seen.runsElsewhere(id)) {
      return Decision.stop(Done.NOTHING);
    }
    Consumer<RedisAsyncCommands<String, byte[]>> remove =
        commands -> {
          commands.lrem(keys.intermediate(queue), 0, raw);
          commands.del(keys.firstSeen(queue, id));
        };
    if (seen.isGone()) {
      Ghosts.Why why = ghosts.whyGone();
      return write(
          Done.CLEANED,
          remove.andThen(
              commands -> {
                ghosts.write(commands, queue, id, why);
                ghosts.tell(queue, why);
              }));
    }
    if (JobHash.read(id, seen.fields()) instanceof JobHash.Broken broken) {
      return write(
          Done.FAILED,
          remove.andThen(
              commands -> unstartable.writeFailure(commands, queue, id, broken.fields())));
    }
    JobHash hash = ((JobHash.Whole) JobHash.read(id, seen.fields())).hash();
    return hash.status() == JobStatus.QUEUED
        ? write(Done.QUEUED, remove.andThen(commands -> commands.lpush(keys.queue(queue), raw)))
        : write(Done.CLEANED, remove);
  }

  private CompletionStage<Seen> look(
      RedisAsyncCommands<String, byte[]> commands,
      String queue,
      String id,
      CompletionStage<Boolean> entered) {
    CompletionStage<List<KeyValue<String, byte[]>>> fields =
        commands.hmget(keys.job(id), JobHash.fields());
    return commands
        .zrangebyscore(
            keys.started(queue),
            Range.from(
                Range.Boundary.excluding(RqTime.score(workshop.now())),
                Range.Boundary.<Double>unbounded()))
        .thenApply(running -> running.stream().map(RqKeys::text).toList())
        .thenCombine(fields, (running, values) -> new Seen(false, values, running))
        .thenCombine(entered, (seen, is) -> new Seen(is, seen.fields(), seen.running()));
  }

  private Done watched(
      Function<RedisAsyncCommands<String, byte[]>, CompletionStage<Long>> drop,
      List<String> watch,
      Function<RedisAsyncCommands<String, byte[]>, CompletionStage<Seen>> read,
      Function<Seen, Decision<Done>> decide) {
    try {
      return RedisAccess.await(
          workshop.redis().watched(new WatchedTransaction<>(watch, read, decide, TRIES)));
    } catch (RedisAccessException.Rejected e) {
      // Where the hash should be is something else. Left where it is, it would be met for ever.
      log.warn("a job's key holds no hash; its entry is dropped: {}", e.getMessage());
      RedisAccess.await(workshop.redis().<Long>call(drop));
      workshop.tally().unreadable.increment();
      return Done.NOTHING;
    }
  }

  private static Decision<Done> write(
      Done done, Consumer<RedisAsyncCommands<String, byte[]>> commands) {
    return Decision.write(commands, reply -> done);
  }

  private void tell(String queue, String id, Done done) {
    switch (done) {
      case NOTHING, CLEANED -> log.debug("a leftover of queue {}: {}", queue, done);
      case QUEUED -> {
        workshop.tally().recovered.increment();
        log.warn("a job of queue {} was left by a worker that died; it runs again", queue);
      }
      case FAILED -> {
        workshop.tally().recovered.increment();
        log.warn("a job of queue {} was left by a worker that died; it has failed", queue);
        dependents.release(id, Goal.FAILED);
      }
    }
  }
}
