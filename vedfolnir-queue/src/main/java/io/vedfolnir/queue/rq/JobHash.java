// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.lettuce.core.KeyValue;
import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a job's hash says, but for its payload. Read field by field, so that one bad field is told
 * by its name and hurts nobody else.
 *
 * @param id the job id, from the key
 * @param status RQ's word for it, {@link JobStatus#QUEUED} if there is none, as Python would run it
 */
public record JobHash(
    String id,
    Optional<String> origin,
    JobStatus status,
    String description,
    Optional<Instant> createdAt,
    Optional<Instant> enqueuedAt,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt,
    Optional<Duration> timeout,
    Optional<Ttl> ttl,
    Optional<Ttl> resultTtl,
    Optional<Ttl> failureTtl,
    Optional<String> worker,
    int retriesLeft,
    List<Long> retryIntervals,
    boolean retryAtFront,
    boolean atFront,
    boolean hasDependencies,
    boolean allowsFailedDependencies,
    Optional<Callback> successCallback,
    Optional<Callback> failureCallback,
    Optional<Callback> stoppedCallback,
    int repeatsLeft,
    List<Long> repeatIntervals,
    Optional<String> fingerprint,
    int starts,
    int recoveries,
    boolean isDurable) {

  /** Which enqueue wrote this job: tells a repeated call from another job of the same id. */
  public static final String FINGERPRINT = "vedfolnir_enqueue";

  /** How often JVM workers have started this job. */
  public static final String STARTS = "vedfolnir_starts";

  /** Set if Redis is not told the TTL of the job while it waits; workers see to it instead. */
  public static final String DURABLE = "vedfolnir_durable";

  /** How often the job was taken over from a worker that had died. */
  public static final String RECOVERIES = "vedfolnir_recoveries";

  /**
   * What is to be called when the job has ended.
   *
   * @param name dotted name of a Python function
   * @param timeout how long it may take
   */
  public record Callback(String name, Duration timeout) {}

  private static final String[] FIELDS = {
    "origin",
    "status",
    "description",
    "created_at",
    "enqueued_at",
    "started_at",
    "ended_at",
    "timeout",
    "ttl",
    "result_ttl",
    "failure_ttl",
    "worker_name",
    "retries_left",
    "retry_intervals",
    "enqueue_at_front_on_retry",
    "enqueue_at_front",
    "dependency_ids",
    "allow_dependency_failures",
    "success_callback_name",
    "failure_callback_name",
    "stopped_callback_name",
    "success_callback_timeout",
    "failure_callback_timeout",
    "stopped_callback_timeout",
    "repeats_left",
    "repeat_intervals",
    FINGERPRINT,
    STARTS,
    RECOVERIES,
    DURABLE
  };

  /** What reading a hash gave. */
  public sealed interface Reading {}

  /** The hash can be read. */
  public record Whole(JobHash hash) implements Reading {}

  /** Some fields are not what RQ writes; these are their names. */
  public record Broken(List<String> fields) implements Reading {}

  /** The fields to ask for, in the order in which {@link #read} wants them. */
  public static String[] fields() {
    return FIELDS.clone();
  }

  /** Reads the reply to {@code HMGET} of {@link #fields()}. */
  public static Reading read(String id, List<KeyValue<String, byte[]>> reply) {
    HashFields in = new HashFields(reply);
    Optional<Duration> timeout =
        in.number("timeout", -1, Ttl.LONGEST)
            .map(seconds -> new Ttl(seconds == 0 ? -1 : seconds).duration());
    JobHash hash =
        new JobHash(
            id,
            in.text("origin"),
            in.text("status").map(JobStatus::of).orElse(JobStatus.QUEUED),
            in.text("description").orElse(""),
            in.date("created_at"),
            in.date("enqueued_at"),
            in.date("started_at"),
            in.date("ended_at"),
            timeout,
            in.ttl("ttl"),
            in.ttl("result_ttl"),
            in.ttl("failure_ttl"),
            in.text("worker_name"),
            in.number("retries_left", 0, Integer.MAX_VALUE).orElse(0L).intValue(),
            in.numbers("retry_intervals"),
            in.flag("enqueue_at_front_on_retry"),
            in.flag("enqueue_at_front"),
            in.text("dependency_ids").filter(ids -> !ids.equals("[]")).isPresent(),
            in.flag("allow_dependency_failures"),
            callback(in, "success"),
            callback(in, "failure"),
            callback(in, "stopped"),
            in.number("repeats_left", 0, Integer.MAX_VALUE).orElse(0L).intValue(),
            in.numbers("repeat_intervals"),
            in.text(FINGERPRINT),
            in.number(STARTS, 0, Integer.MAX_VALUE - 1).orElse(0L).intValue(),
            in.number(RECOVERIES, 0, Integer.MAX_VALUE - 1).orElse(0L).intValue(),
            in.flag(DURABLE));
    return in.broken().isEmpty() ? new Whole(hash) : new Broken(in.broken());
  }

  private static Optional<Callback> callback(HashFields in, String end) {
    long seconds = in.number(end + "_callback_timeout", -1, Ttl.LONGEST).orElse(60L);
    Duration timeout = Duration.ofSeconds(seconds > 0 ? seconds : Ttl.LONGEST);
    return in.text(end + "_callback_name").map(name -> new Callback(name, timeout));
  }

  /** The pause before the next repetition: as in RQ, the intervals are used from the last one. */
  public long nextRepeatPause() {
    if (repeatIntervals.isEmpty()) {
      return 0;
    }
    return repeatIntervals.get(Math.min(repeatsLeft, repeatIntervals.size()) - 1);
  }

  /** Whether it has waited in its queue longer than its TTL, of which Redis may know nothing. */
  public boolean isOverdue(Instant now) {
    return ttl.filter(limit -> limit.seconds() > 0)
        .flatMap(limit -> enqueuedAt.map(since -> since.plus(limit.duration())))
        .filter(now::isAfter)
        .isPresent();
  }

  /** The pause before the next retry as RQ chooses it; 0 for at once. */
  public long nextRetryPause() {
    if (retryIntervals.isEmpty()) {
      return 0;
    }
    int index = Math.max(retryIntervals.size() - retriesLeft, 0);
    return retryIntervals.get(Math.min(index, retryIntervals.size() - 1));
  }

  /** The job as applications see it. */
  public Job job(Optional<JobResult> result) {
    return new Job(
        id,
        origin.orElse(""),
        status,
        description,
        createdAt,
        enqueuedAt,
        startedAt,
        endedAt,
        timeout,
        Optional.of(ttl.map(Ttl::duration).orElse(Enqueue.FOREVER)),
        resultTtl.map(Ttl::duration),
        failureTtl.map(Ttl::duration),
        retriesLeft,
        worker,
        result);
  }
}
