// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.rq.ResultEntry;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.queue.rq.RqTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claimed ids that do not become a run. Each is taken out of the intermediate list, counted and
 * logged: none disappears in silence, and none stays to trouble Python's maintenance.
 */
final class Unstartable {

  private static final Logger log = LoggerFactory.getLogger(Unstartable.class);
  private static final Duration KEPT = Duration.ofDays(365);

  private record Case(
      Claim claim, Consumer<RedisAsyncCommands<String, byte[]>> writes, Runnable told) {}

  private final Workshop workshop;
  private final RqKeys keys;
  private final Ghosts ghosts;
  private final List<Case> cases = new ArrayList<>();

  Unstartable(Workshop workshop) {
    this.workshop = workshop;
    this.keys = workshop.keys();
    this.ghosts = new Ghosts(workshop);
  }

  int size() {
    return cases.size();
  }

  /** The job is gone. */
  void ghost(Claim claim) {
    ghost(claim, ghosts.whyGone());
  }

  /** The job should be gone: its id waited longer than it may. */
  void overdue(Claim claim) {
    ghost(claim, Ghosts.Why.OVERDUE);
  }

  private void ghost(Claim claim, Ghosts.Why why) {
    add(
        claim,
        commands -> ghosts.write(commands, claim.queue(), claim.id(), why),
        () -> ghosts.tell(claim.queue(), why));
  }

  /** The job is not queued any more. */
  void skip(Claim claim, JobStatus status) {
    add(
        claim,
        commands -> {},
        () -> {
          workshop.tally().skipped.increment();
          log.info("a job of queue {} is not run: it is {}", claim.queue(), status.word());
        });
  }

  /** There is nothing that could be marked as failed. */
  void drop(Claim claim, String why) {
    add(
        claim,
        commands -> {},
        () -> {
          workshop.tally().unreadable.increment();
          log.warn("an entry of queue {} is dropped: {}", claim.queue(), why);
        });
  }

  /**
   * The hash cannot be read. It is marked as failed, and the fields that RQ cannot read either are
   * removed, since a Python process that came across them would end.
   */
  void fail(Claim claim, List<String> fields) {
    add(
        claim,
        commands -> writeFailure(commands, claim.queue(), claim.id(), fields),
        () -> {
          workshop.tally().unreadable.increment();
          log.warn("a job of queue {} failed unread: fields {}", claim.queue(), fields);
        });
  }

  /** Marks a job as failed whose hash cannot be read. */
  void writeFailure(
      RedisAsyncCommands<String, byte[]> commands, String queue, String id, List<String> fields) {
    Instant now = workshop.now();
    String text =
        ExceptionText.of(
            "io.vedfolnir.queue.QueueException$Unreadable",
            "the job's hash is not as RQ writes it; removed were the fields " + fields);
    commands.hdel(keys.job(id), fields.toArray(String[]::new));
    commands.hset(keys.job(id), "status", bytes(JobStatus.FAILED.word()));
    commands.hset(keys.job(id), "ended_at", bytes(RqTime.date(now)));
    commands.hset(keys.job(id), "origin", bytes(queue));
    commands.expire(keys.job(id), KEPT);
    commands.xadd(
        keys.results(id),
        XAddArgs.Builder.maxlen(10).approximateTrimming(),
        ResultEntry.failure(workshop.codec().encodeException(text), workshop.name(), "", now, now));
    commands.expire(keys.results(id), KEPT);
    commands.zadd(keys.failed(queue), RqTime.score(now) + KEPT.toSeconds(), bytes(id));
  }

  private void add(
      Claim claim, Consumer<RedisAsyncCommands<String, byte[]>> writes, Runnable told) {
    cases.add(new Case(claim, writes, told));
  }

  void write(RedisAsyncCommands<String, byte[]> commands) {
    for (Case each : cases) {
      each.writes().accept(commands);
      commands.lrem(keys.intermediate(each.claim().queue()), 0, each.claim().raw());
    }
  }

  void written() {
    List<Case> done = List.copyOf(cases);
    cases.clear();
    done.forEach(each -> each.told().run());
  }

  List<Claim> withdraw() {
    List<Claim> claims = cases.stream().map(Case::claim).toList();
    cases.clear();
    return claims;
  }
}
