// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.XAddArgs;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.rq.ResultEntry;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.queue.rq.RqTime;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.WatchedTransaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claimed ids that do not become a run. Each is taken out of the intermediate list, counted and
 * logged: none disappears in silence, and none stays to trouble Python's maintenance.
 */
final class Unstartable {

  private static final Logger log = LoggerFactory.getLogger(Unstartable.class);
  private static final Duration KEPT = Duration.ofDays(365);

  private final Workshop workshop;
  private final RqKeys keys;

  Unstartable(Workshop workshop) {
    this.workshop = workshop;
    this.keys = workshop.keys();
  }

  /** The job is gone: expired, evicted or deleted while its id waited. */
  void ghost(Claim claim) {
    remove(claim);
    workshop.tally().ghosts.increment();
    log.warn(
        "a job of queue {} was gone before it could run: expired, evicted or deleted",
        claim.queue());
  }

  /** The job is not queued any more. */
  void skip(Claim claim, JobStatus status) {
    remove(claim);
    workshop.tally().skipped.increment();
    log.info("a job of queue {} is not run: it is {}", claim.queue(), status.word());
  }

  /** There is nothing that could be marked as failed. */
  void drop(Claim claim, String why) {
    remove(claim);
    workshop.tally().unreadable.increment();
    log.warn("an entry of queue {} is dropped: {}", claim.queue(), why);
  }

  /**
   * The hash cannot be read. It is marked as failed, and the fields that RQ cannot read either are
   * removed, since a Python process that came across them would end.
   */
  void fail(Claim claim, String id, List<String> fields) {
    Instant now = workshop.now();
    String text =
        ExceptionText.of(
            "io.vedfolnir.queue.QueueException$Unreadable",
            "the job's hash is not as RQ writes it; removed were the fields " + fields);
    workshop
        .patience()
        .await(
            "failing a job",
            () ->
                workshop
                    .redis()
                    .transact(
                        commands -> {
                          commands.hdel(keys.job(id), fields.toArray(String[]::new));
                          commands.hset(keys.job(id), "status", bytes(JobStatus.FAILED.word()));
                          commands.hset(keys.job(id), "ended_at", bytes(RqTime.date(now)));
                          commands.hset(keys.job(id), "origin", bytes(claim.queue()));
                          commands.expire(keys.job(id), KEPT);
                          commands.xadd(
                              keys.results(id),
                              XAddArgs.Builder.maxlen(10).approximateTrimming(),
                              ResultEntry.failure(
                                  workshop.codec().encodeException(text),
                                  workshop.name(),
                                  "",
                                  now,
                                  now));
                          commands.expire(keys.results(id), KEPT);
                          commands.zadd(
                              keys.failed(claim.queue()),
                              RqTime.score(now) + KEPT.toSeconds(),
                              bytes(id));
                          commands.lrem(keys.intermediate(claim.queue()), 0, claim.raw());
                        }));
    workshop.tally().unreadable.increment();
    log.warn("a job of queue {} failed unread: fields {}", claim.queue(), fields);
  }

  /** Puts a claim back to the front of its queue, as if it had never been taken. */
  void giveBack(Claim claim) {
    String intermediate = keys.intermediate(claim.queue());
    // Looked up first, so that a try whose reply was lost does not push a second time.
    workshop
        .patience()
        .await(
            "giving a job back",
            () ->
                workshop
                    .redis()
                    .watched(
                        new WatchedTransaction<>(
                            List.of(intermediate),
                            commands -> commands.lrange(intermediate, 0, -1),
                            ids ->
                                ids.stream().anyMatch(id -> Arrays.equals(id, claim.raw()))
                                    ? Decision.write(
                                        commands -> {
                                          commands.lrem(intermediate, 0, claim.raw());
                                          commands.lpush(keys.queue(claim.queue()), claim.raw());
                                        },
                                        reply -> true)
                                    : Decision.stop(false),
                            100)));
  }

  /** Takes back a start whose job had just been deleted. */
  void undo(Execution execution) {
    String id = execution.id();
    workshop
        .patience()
        .await(
            "cleaning up after a deleted job",
            () ->
                workshop
                    .redis()
                    .transact(
                        commands -> {
                          commands.del(keys.job(id), keys.execution(id, execution.executionId()));
                          commands.zrem(
                              keys.started(execution.queue()),
                              bytes(keys.member(id, execution.executionId())));
                          commands.zrem(keys.executions(id), bytes(execution.executionId()));
                        }));
    workshop.tally().ghosts.increment();
  }

  private void remove(Claim claim) {
    workshop
        .patience()
        .await(
            "removing an entry",
            () ->
                workshop
                    .redis()
                    .call(
                        commands ->
                            commands.lrem(keys.intermediate(claim.queue()), 0, claim.raw())));
  }
}
