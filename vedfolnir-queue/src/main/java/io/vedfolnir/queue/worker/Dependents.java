// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.KeyValue;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.rq.JobHash;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.queue.rq.RqTime;
import io.vedfolnir.queue.worker.Outcome.Goal;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.WatchedTransaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues the jobs that waited for one that has ended, on a thread of its own.
 *
 * <p>After the end has been recorded, not with it: who makes a job wait watches the hash of the job
 * it waits for, so it either sees the end or is seen here. Each waiting job is a transaction of its
 * own that watches it and all it waits for; several workers may try, and one succeeds.
 */
final class Dependents {

  private static final Logger log = LoggerFactory.getLogger(Dependents.class);
  private static final int TRIES = 50;

  private record Seen(JobHash.Reading waiting, List<String> others) {}

  private final Workshop workshop;
  private final RqKeys keys;
  private final Bell bell;
  private final AtomicInteger open = new AtomicInteger();
  private final ThreadPoolExecutor thread;

  Dependents(Workshop workshop, Threads threads, Bell bell) {
    this.workshop = workshop;
    this.keys = workshop.keys();
    this.bell = bell;
    this.thread =
        new ThreadPoolExecutor(
            1, 1, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads.factory("dependents"));
    thread.allowCoreThreadTimeOut(true);
  }

  /** Whether jobs may wait for such an end; RQ 2.8 and newer: not for a stop. */
  static boolean mayRelease(Goal goal) {
    return goal == Goal.FINISHED || goal == Goal.FAILED;
  }

  /** Queues what may run now that this job has ended, soon. */
  void release(String parent, Goal how) {
    open.incrementAndGet();
    thread.execute(
        () -> {
          try {
            releaseNow(parent, how);
          } catch (RuntimeException e) {
            log.warn("jobs that wait for another were not queued: {}", e.getMessage());
          } finally {
            open.decrementAndGet();
            bell.ring();
          }
        });
  }

  /** Queues this waiting job if nothing that it waits for is left; found by a sweep. */
  void recheck(String id) {
    release("", id, Goal.FINISHED);
  }

  /** How many ends have not been dealt with yet. */
  int size() {
    return open.get();
  }

  /** Deals with what is open, then ends. */
  void close(Duration atMost) throws InterruptedException {
    thread.shutdown();
    if (!thread.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      log.warn("jobs that wait for others are left to the next sweep");
    }
  }

  private void releaseNow(String parent, Goal how) {
    Set<byte[]> waiting =
        workshop
            .patience()
            .await(
                "looking for dependents",
                () ->
                    workshop
                        .redis()
                        .<Set<byte[]>>read(commands -> commands.smembers(keys.dependents(parent))));
    for (byte[] raw : waiting) {
      String id = RqKeys.text(raw);
      if (RqKeys.isJobId(id)) {
        try {
          release(parent, id, how);
        } catch (RuntimeException e) {
          log.warn("a job that waits for another was not queued: {}", e.getMessage());
        }
      }
    }
  }

  private void release(String parent, String id, Goal how) {
    List<String> others =
        workshop
            .patience()
            .await(
                "reading dependencies",
                () ->
                    workshop
                        .redis()
                        .<Set<byte[]>>read(commands -> commands.smembers(keys.dependencies(id))))
            .stream()
            .map(RqKeys::text)
            .filter(RqKeys::isJobId)
            .filter(other -> !other.equals(parent))
            .toList();
    List<String> watched = new ArrayList<>(List.of(keys.job(id), keys.dependencies(id)));
    others.forEach(other -> watched.add(keys.job(other)));
    workshop
        .patience()
        .await(
            "queueing a dependent",
            () ->
                workshop
                    .redis()
                    .watched(
                        new WatchedTransaction<>(
                            watched,
                            commands -> look(commands, id, others),
                            seen -> decide(parent, id, seen, how),
                            TRIES)));
  }

  private CompletionStage<Seen> look(
      RedisAsyncCommands<String, byte[]> commands, String id, List<String> others) {
    CompletionStage<List<KeyValue<String, byte[]>>> waiting =
        commands.hmget(keys.job(id), JobHash.fields());
    CompletionStage<List<String>> statuses = CompletableFuture.completedFuture(new ArrayList<>());
    for (String other : others) {
      statuses =
          statuses.thenCombine(
              commands.hget(keys.job(other), "status"),
              (list, status) -> {
                list.add(status == null ? "" : RqKeys.text(status));
                return list;
              });
    }
    return waiting.thenCombine(
        statuses, (fields, list) -> new Seen(JobHash.read(id, fields), list));
  }

  private Decision<Boolean> decide(String parent, String id, Seen seen, Goal how) {
    if (!(seen.waiting() instanceof JobHash.Whole whole)
        || whole.hash().status() != JobStatus.DEFERRED
        || whole.hash().origin().isEmpty()) {
      return Decision.stop(false);
    }
    JobHash hash = whole.hash();
    boolean failureIsFine = hash.allowsFailedDependencies();
    boolean known = !parent.isEmpty() || !seen.others().isEmpty();
    boolean met =
        known
            && (how == Goal.FINISHED || failureIsFine)
            && seen.others().stream()
                .map(JobStatus::of)
                .allMatch(
                    status ->
                        status == JobStatus.FINISHED
                            || status == JobStatus.UNKNOWN // gone counts as met, as in RQ
                            || (failureIsFine && status == JobStatus.FAILED));
    return met ? enqueue(parent, id, hash) : Decision.stop(false);
  }

  private Decision<Boolean> enqueue(String parent, String id, JobHash hash) {
    String queue = hash.origin().orElseThrow();
    Instant now = workshop.now();
    return Decision.write(
        commands -> {
          commands.zrem(keys.deferred(queue), bytes(id));
          commands.sadd(keys.queues(), bytes(keys.queue(queue)));
          commands.hset(
              keys.job(id),
              Map.of(
                  "status", bytes(JobStatus.QUEUED.word()),
                  "enqueued_at", bytes(RqTime.date(now))));
          hash.ttl()
              .filter(ttl -> ttl.seconds() > 0 && !hash.isDurable())
              .ifPresent(ttl -> commands.expire(keys.job(id), ttl.seconds()));
          if (hash.atFront()) {
            commands.lpush(keys.queue(queue), bytes(id));
          } else {
            commands.rpush(keys.queue(queue), bytes(id));
          }
          if (!parent.isEmpty()) {
            commands.srem(keys.dependents(parent), bytes(id));
          }
        },
        reply -> true);
  }
}
