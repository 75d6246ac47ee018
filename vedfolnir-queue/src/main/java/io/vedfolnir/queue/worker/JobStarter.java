// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.KeyValue;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.rq.JobHash;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.queue.rq.RqTime;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.redis.TransactionReply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a claimed id into a started execution, or finds out why that cannot be.
 *
 * <p>Two round trips: what the hash says without its payload; then one transaction that makes the
 * job started for everybody to see and fetches the payload.
 */
final class JobStarter {

  private static final Logger log = LoggerFactory.getLogger(JobStarter.class);
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(3);

  /**
   * A job that runs from now on.
   *
   * @param payload field {@code data}; empty if it is larger than the worker takes
   */
  record Started(Execution execution, Optional<byte[]> payload) {}

  private record Found(long payload, JobHash.Reading reading) {}

  private final Workshop workshop;
  private final RqKeys keys;
  private final Unstartable unstartable;

  JobStarter(Workshop workshop) {
    this.workshop = workshop;
    this.keys = workshop.keys();
    this.unstartable = new Unstartable(workshop);
  }

  /** Starts what was claimed; empty if it is not to be run. */
  Optional<Started> start(Claim claim) {
    String id = RqKeys.text(claim.raw());
    if (!RqKeys.isJobId(id)) {
      unstartable.drop(claim, "its id is not one that RQ reads");
      return Optional.empty();
    }
    Found found;
    try {
      found = workshop.patience().await("reading a job", () -> look(id));
    } catch (RedisAccessException.Rejected e) {
      unstartable.drop(claim, "its key holds no hash");
      return Optional.empty();
    }
    if (found.payload() == 0) {
      unstartable.ghost(claim);
      return Optional.empty();
    }
    if (found.reading() instanceof JobHash.Broken broken) {
      unstartable.fail(claim, id, broken.fields());
      return Optional.empty();
    }
    JobHash hash = ((JobHash.Whole) found.reading()).hash();
    if (hash.status() == JobStatus.UNKNOWN) {
      unstartable.fail(claim, id, List.of("status"));
      return Optional.empty();
    }
    if (hash.status() != JobStatus.QUEUED) {
      unstartable.skip(claim, hash.status());
      return Optional.empty();
    }
    return start(claim, hash, found.payload() <= workshop.settings().maxPayload());
  }

  private CompletionStage<Found> look(String id) {
    String job = keys.job(id);
    return workshop
        .redis()
        .readTogether(
            commands -> {
              CompletionStage<List<KeyValue<String, byte[]>>> fields =
                  commands.hmget(job, JobHash.fields());
              return commands
                  .hstrlen(job, "data")
                  .thenCombine(
                      fields, (payload, reply) -> new Found(payload, JobHash.read(id, reply)));
            });
  }

  private Optional<Started> start(Claim claim, JobHash hash, boolean fits) {
    Execution execution =
        new Execution(
            hash,
            queueOf(claim, hash),
            UUID.randomUUID().toString().replace("-", ""),
            workshop.now(),
            timeout(hash));
    // Doing it twice is harmless: the same execution is written over itself.
    TransactionReply reply =
        workshop.patience().await("starting a job", () -> transaction(claim, execution));
    Optional<byte[]> payload = reply.find(0);
    if (payload.isEmpty()) {
      log.warn("a job of queue {} was deleted while it was started", claim.queue());
      unstartable.undo(execution);
      return Optional.empty();
    }
    return Optional.of(new Started(execution, fits ? payload : Optional.empty()));
  }

  private CompletionStage<TransactionReply> transaction(Claim claim, Execution execution) {
    String id = execution.id();
    String executionKey = keys.execution(id, execution.executionId());
    Instant now = execution.startedAt();
    long lease = workshop.lease().toSeconds();
    return workshop
        .redis()
        .transact(
            commands -> {
              commands.hget(keys.job(id), "data");
              commands.hset(
                  executionKey,
                  Map.of(
                      "id", bytes(execution.executionId()),
                      "created_at", bytes(RqTime.seconds(now)),
                      "last_heartbeat", bytes(RqTime.seconds(now))));
              commands.expire(executionKey, lease);
              commands.zadd(
                  keys.executions(id),
                  RqTime.score(now) + lease + 60,
                  bytes(execution.executionId()));
              commands.expire(keys.executions(id), lease + 60);
              commands.zadd(
                  keys.started(execution.queue()),
                  RqTime.score(now) + lease,
                  bytes(keys.member(id, execution.executionId())));
              commands.hset(
                  keys.job(id),
                  Map.of(
                      "status",
                      bytes(JobStatus.STARTED.word()),
                      "started_at",
                      bytes(RqTime.date(now)),
                      "last_heartbeat",
                      bytes(RqTime.date(now)),
                      "worker_name",
                      bytes(workshop.name()),
                      JobHash.STARTS,
                      bytes(Integer.toString(execution.attempt()))));
              commands.persist(keys.job(id));
              commands.lrem(keys.intermediate(claim.queue()), 0, claim.raw());
              commands.hset(
                  workshop.workerKey(), Map.of("state", bytes("busy"), "current_job", bytes(id)));
            });
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
        .filter(timeout -> !timeout.equals(io.vedfolnir.queue.Enqueue.FOREVER));
  }
}
