// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.ScoredValue;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.rq.JobHash;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.queue.rq.RqTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jobs that become executions: for everybody to see before their handlers run. */
final class Starts {

  private static final Logger log = LoggerFactory.getLogger(Starts.class);
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(3);

  /**
   * A job that runs from now on.
   *
   * @param payload field {@code data}; empty if it is larger than the worker takes
   */
  record Started(Execution execution, Optional<byte[]> payload) {}

  private static final class Start {
    private final Claim claim;
    private final Execution execution;
    private final boolean fetches;
    private Optional<byte[]> payload;
    private @Nullable CompletableFuture<byte[]> fetched;
    private @Nullable CompletableFuture<Long> taken;

    Start(Claim claim, Execution execution, Optional<byte[]> payload, boolean fetches) {
      this.claim = claim;
      this.execution = execution;
      this.payload = payload;
      this.fetches = fetches;
    }

    Execution execution() {
      return execution;
    }

    Started started() {
      if (fetched != null) {
        payload = Optional.ofNullable(fetched.getNow(new byte[0]));
      }
      return new Started(execution, payload);
    }
  }

  private final Workshop workshop;
  private final RqKeys keys;
  private final Consumer<Started> started;
  private final Meta meta;
  private final List<Start> planned = new ArrayList<>();

  Starts(Workshop workshop, Consumer<Started> started) {
    this.workshop = workshop;
    this.keys = workshop.keys();
    this.started = started;
    this.meta = new Meta(workshop);
  }

  int size() {
    return planned.size();
  }

  boolean isPlanned(String id) {
    return planned.stream().anyMatch(start -> start.execution().id().equals(id));
  }

  /**
   * This job is to be started in the next transaction.
   *
   * @param payload field {@code data}; null if it is larger than the worker takes
   */
  void plan(Claim claim, JobHash hash, byte @Nullable [] payload) {
    plan(claim, hash, Optional.ofNullable(payload), false);
  }

  /** This job is to be started in the next transaction, which also fetches its payload. */
  void planWithFetch(Claim claim, JobHash hash) {
    plan(claim, hash, Optional.empty(), true);
  }

  private void plan(Claim claim, JobHash hash, Optional<byte[]> payload, boolean fetches) {
    Execution execution =
        new Execution(
            hash,
            queueOf(claim, hash),
            UUID.randomUUID().toString().replace("-", ""),
            workshop.now(),
            timeout(hash),
            meta);
    planned.add(new Start(claim, execution, payload, fetches));
  }

  /** Whether a start whose reply was lost has happened after all. */
  boolean wasMade(Claim claim, JobHash hash) {
    return claim.doubtful().isPresent()
        && hash.status() == JobStatus.STARTED
        && hash.worker().equals(Optional.of(workshop.name()))
        && hash.starts() == claim.doubtful().get().attempt();
  }

  /** Runs what had been started in doubt. */
  void confirm(Claim claim, byte @Nullable [] payload) {
    started.accept(new Started(claim.doubtful().orElseThrow(), Optional.ofNullable(payload)));
  }

  void write(RedisAsyncCommands<String, byte[]> commands) {
    if (planned.isEmpty()) {
      return;
    }
    Map<String, List<ScoredValue<byte[]>>> entries = new HashMap<>();
    for (Start start : planned) {
      write(commands, start);
      Execution execution = start.execution();
      entries
          .computeIfAbsent(execution.queue(), queue -> new ArrayList<>())
          .add(
              ScoredValue.just(
                  RqTime.score(execution.startedAt()) + workshop.lease().toSeconds(),
                  bytes(keys.member(execution.id(), execution.executionId()))));
    }
    entries.forEach((queue, members) -> commands.zadd(keys.started(queue), scored(members)));
    commands.hset(
        workshop.workerKey(),
        Map.of("state", bytes("busy"), "current_job", bytes(planned.get(0).execution().id())));
  }

  private void write(RedisAsyncCommands<String, byte[]> commands, Start start) {
    Execution execution = start.execution();
    String id = execution.id();
    String executionKey = keys.execution(id, execution.executionId());
    Instant now = execution.startedAt();
    byte[] date = bytes(RqTime.date(now));
    long lease = workshop.lease().toSeconds();
    start.fetched =
        start.fetches ? commands.hget(keys.job(id), "data").toCompletableFuture() : null;
    commands.hset(
        executionKey,
        Map.of(
            "id", bytes(execution.executionId()),
            "created_at", bytes(RqTime.seconds(now)),
            "last_heartbeat", bytes(RqTime.seconds(now))));
    commands.expire(executionKey, lease);
    commands.zadd(
        keys.executions(id), RqTime.score(now) + lease + 60, bytes(execution.executionId()));
    commands.expire(keys.executions(id), lease + 60);
    commands.hset(
        keys.job(id),
        Map.of(
            "status",
            bytes(JobStatus.STARTED.word()),
            "started_at",
            date,
            "last_heartbeat",
            date,
            "worker_name",
            bytes(workshop.name()),
            JobHash.STARTS,
            bytes(Integer.toString(execution.attempt()))));
    commands.persist(keys.job(id));
    start.taken =
        commands
            .lrem(keys.intermediate(start.claim.queue()), 0, start.claim.raw())
            .toCompletableFuture();
  }

  /** They run from now on. */
  void written() {
    List<Start> done = List.copyOf(planned);
    planned.clear();
    for (Start start : done) {
      if (start.taken != null && start.taken.getNow(1L) == 0) {
        takeOut(start.claim);
      }
      started.accept(start.started());
    }
  }

  // Others have put the id back while this worker was slow. Java workers pass over a job that has
  // been started, Python's do not ask.
  private void takeOut(Claim claim) {
    log.warn("a job of queue {} was put back while it was started", claim.queue());
    workshop
        .patience()
        .await(
            "taking a started job out of its queue",
            () ->
                workshop
                    .redis()
                    .call(commands -> commands.lrem(keys.queue(claim.queue()), 0, claim.raw())));
  }

  /** They were not started, or nobody knows. */
  List<Claim> withdraw(boolean inDoubt) {
    List<Claim> claims = planned.stream().map(start -> start.claim).toList();
    if (inDoubt) {
      planned.forEach(start -> start.claim.doubt(start.execution()));
    }
    planned.clear();
    return claims;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  static ScoredValue<byte[]>[] scored(List<ScoredValue<byte[]>> members) {
    return members.toArray(new ScoredValue[0]);
  }

  private static String queueOf(Claim claim, JobHash hash) {
    try {
      return hash.origin().map(RqKeys::name).orElse(claim.queue());
    } catch (IllegalArgumentException e) {
      return claim.queue();
    }
  }

  private static Optional<Duration> timeout(JobHash hash) {
    return Optional.of(hash.timeout().orElse(DEFAULT_TIMEOUT))
        .filter(timeout -> !timeout.equals(Enqueue.FOREVER));
  }
}
