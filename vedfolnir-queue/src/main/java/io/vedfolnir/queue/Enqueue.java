// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a job is enqueued. Durations are whole seconds, because RQ knows no others.
 *
 * @param id the job id; letters, digits, {@code _} and {@code -}, 1 to 128. Default: a random UUID.
 *     With an id of one's own the call may be repeated: the same call with the same id is the same
 *     job, as long as its hash is kept
 * @param timeout longest run time; {@link #FOREVER} for none. Default 180 s; 1 s to 365 days
 * @param jobTtl how long it may wait in the queue before Redis drops it; {@link #FOREVER} for ever.
 *     Default 7200 s; 1 s to 365 days
 * @param resultTtl how long job and result are kept after success; 0 keeps nothing, {@link
 *     #FOREVER} all. Default 86400 s; 0 to 3650 days
 * @param failureTtl the same after a failure. Default 365 days; 0 to 3650 days
 * @param place at which end of the queue. Default {@link Place#BACK}
 * @param description what logs and dashboards show; up to 1,000 characters. Default: the function
 *     name and the number of arguments, never the arguments themselves
 * @param meta free values that travel with the job; the keys are text. Default: none
 * @param retry what happens after a failure. Default: no retry
 * @param format the serializer. Default: that of the queue
 */
public record Enqueue(
    Optional<String> id,
    Duration timeout,
    Duration jobTtl,
    Duration resultTtl,
    Duration failureTtl,
    Place place,
    Optional<String> description,
    Map<String, @Nullable Object> meta,
    Retry retry,
    Optional<PayloadFormat> format) {

  /** Without end: RQ's {@code -1}. */
  public static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  /** An end of the queue. */
  public enum Place {
    /** Runs next. */
    FRONT,
    /** Runs after all that wait. */
    BACK
  }

  private static final Duration YEAR = Duration.ofDays(365);
  private static final Duration DECADE = Duration.ofDays(3650);

  /** Checks every bound. */
  public Enqueue {
    if (id.isPresent() && !id.get().matches("[A-Za-z0-9_-]{1,128}")) {
      throw new IllegalArgumentException(
          "a job id takes 1 to 128 letters, digits, '_' and '-'; others stop Python workers");
    }
    check("timeout", timeout, Duration.ofSeconds(1), YEAR);
    check("jobTtl", jobTtl, Duration.ofSeconds(1), YEAR);
    check("resultTtl", resultTtl, Duration.ZERO, DECADE);
    check("failureTtl", failureTtl, Duration.ZERO, DECADE);
    if (description.isPresent() && description.get().length() > 1_000) {
      throw new IllegalArgumentException("description takes up to 1000 characters");
    }
    meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
  }

  /** The defaults named above. */
  public static Enqueue defaults() {
    return new Enqueue(
        Optional.empty(),
        Duration.ofMinutes(3),
        Duration.ofHours(2),
        Duration.ofDays(1),
        YEAR,
        Place.BACK,
        Optional.empty(),
        Map.of(),
        Retry.none(),
        Optional.empty());
  }

  /** With this job id. */
  public Enqueue withId(String id) {
    return new Enqueue(
        Optional.of(id),
        timeout,
        jobTtl,
        resultTtl,
        failureTtl,
        place,
        description,
        meta,
        retry,
        format);
  }

  /** With this longest run time. */
  public Enqueue withTimeout(Duration timeout) {
    return new Enqueue(
        id, timeout, jobTtl, resultTtl, failureTtl, place, description, meta, retry, format);
  }

  /** With this longest wait in the queue. */
  public Enqueue withJobTtl(Duration jobTtl) {
    return new Enqueue(
        id, timeout, jobTtl, resultTtl, failureTtl, place, description, meta, retry, format);
  }

  /** With this time to keep the result. */
  public Enqueue withResultTtl(Duration resultTtl) {
    return new Enqueue(
        id, timeout, jobTtl, resultTtl, failureTtl, place, description, meta, retry, format);
  }

  /** With this time to keep a failed job. */
  public Enqueue withFailureTtl(Duration failureTtl) {
    return new Enqueue(
        id, timeout, jobTtl, resultTtl, failureTtl, place, description, meta, retry, format);
  }

  /** At the front of the queue. */
  public Enqueue atFront() {
    return new Enqueue(
        id, timeout, jobTtl, resultTtl, failureTtl, Place.FRONT, description, meta, retry, format);
  }

  /** With this description. */
  public Enqueue withDescription(String description) {
    return new Enqueue(
        id,
        timeout,
        jobTtl,
        resultTtl,
        failureTtl,
        place,
        Optional.of(description),
        meta,
        retry,
        format);
  }

  /** With these values in {@code job.meta}. */
  public Enqueue withMeta(Map<String, @Nullable Object> meta) {
    return new Enqueue(
        id, timeout, jobTtl, resultTtl, failureTtl, place, description, meta, retry, format);
  }

  /** With these retries. */
  public Enqueue withRetry(Retry retry) {
    return new Enqueue(
        id, timeout, jobTtl, resultTtl, failureTtl, place, description, meta, retry, format);
  }

  /** With this serializer. */
  public Enqueue withFormat(PayloadFormat format) {
    return new Enqueue(
        id,
        timeout,
        jobTtl,
        resultTtl,
        failureTtl,
        place,
        description,
        meta,
        retry,
        Optional.of(format));
  }

  /** Everything but the values of {@code meta}. */
  @Override
  public String toString() {
    return "Enqueue[timeout=" + timeout + ", retries=" + retry.max() + ", " + place + "]";
  }

  private static void check(String name, Duration value, Duration least, Duration most) {
    if (value.equals(FOREVER)) {
      return;
    }
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0 || value.toNanosPart() != 0) {
      throw new IllegalArgumentException(
          name + " is whole seconds, " + least + " to " + most + ", or Enqueue.FOREVER");
    }
  }
}
