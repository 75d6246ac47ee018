// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.PayloadFormat;
import io.vedfolnir.queue.QueueSettings;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.queue.codec.Serializer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A job that is not in Redis yet: the only writer of whole job hashes.
 *
 * <p>Strict, because one bad field takes Python's workers down, one after the other: dates have six
 * digits and a Z, durations are whole seconds, the status is a word of RQ, the id is one that RQ
 * reads. All fields are written that RQ 2.x writes, empty where there is nothing to say.
 */
final class NewJob {

  private final String id;
  private final String queue;
  private final boolean durable;
  private final Enqueue options;
  private final Instant now;
  private final String description;
  private final String fingerprint;
  private final Map<String, byte[]> hash;

  /**
   * Encodes everything.
   *
   * @throws IllegalArgumentException if something cannot be carried or is too large
   */
  NewJob(
      String queue,
      RemoteCall call,
      Enqueue options,
      QueueSettings settings,
      PayloadCodec codec,
      Instant now) {
    this.id = options.id().orElseGet(() -> UUID.randomUUID().toString());
    this.queue = queue;
    this.durable = settings.durable();
    this.options = options;
    this.now = now;
    this.description =
        options
            .description()
            .orElseGet(
                () ->
                    call.function()
                        + "("
                        + (call.args().size() + call.kwargs().size())
                        + " arguments)");
    PayloadFormat format = options.format().orElse(settings.format());
    Serializer serializer = format == PayloadFormat.JSON ? codec.json() : codec.pickle();
    byte[] data = codec.encodeCall(call, serializer);
    if (data.length > settings.maxPayload()) {
      throw new IllegalArgumentException(
          "the arguments take "
              + data.length
              + " bytes, more than maxPayload; store them elsewhere and pass a reference");
    }
    this.fingerprint = fingerprint(queue, data);
    this.hash = hash(data);
    if (!options.meta().isEmpty()) {
      hash.put("meta", codec.encodeMeta(options.meta(), serializer));
    }
  }

  String id() {
    return id;
  }

  String fingerprint() {
    return fingerprint;
  }

  /** Queues the commands of the transaction that enqueues this job. */
  void write(RedisAsyncCommands<String, byte[]> transaction, RqKeys keys) {
    transaction.sadd(keys.queues(), bytes(keys.queue(queue)));
    transaction.hset(keys.job(id), hash);
    Ttl ttl = Ttl.of(options.jobTtl());
    if (!ttl.isForever() && !durable) {
      transaction.expire(keys.job(id), ttl.seconds());
    }
    if (options.place() == Enqueue.Place.FRONT) {
      transaction.lpush(keys.queue(queue), bytes(id));
    } else {
      transaction.rpush(keys.queue(queue), bytes(id));
    }
  }

  /** The job as it is right after it was enqueued. */
  Job job() {
    return new Job(
        id,
        queue,
        JobStatus.QUEUED,
        description,
        Optional.of(now),
        Optional.of(now),
        Optional.empty(),
        Optional.empty(),
        Optional.of(options.timeout()),
        Optional.of(options.jobTtl()),
        Optional.of(options.resultTtl()),
        Optional.of(options.failureTtl()),
        options.retry().max(),
        Optional.empty(),
        Optional.empty());
  }

  private Map<String, byte[]> hash(byte[] data) {
    Map<String, byte[]> fields = new LinkedHashMap<>();
    fields.put("created_at", bytes(RqTime.date(now)));
    fields.put("data", data);
    for (String empty :
        List.of(
            "success_callback_name",
            "failure_callback_name",
            "stopped_callback_name",
            "started_at",
            "ended_at",
            "last_heartbeat",
            "worker_name",
            "group_id")) {
      fields.put(empty, new byte[0]);
    }
    fields.put("origin", bytes(queue));
    fields.put("description", bytes(description));
    fields.put("enqueued_at", bytes(RqTime.date(now)));
    fields.put("timeout", seconds(Ttl.of(options.timeout())));
    fields.put("result_ttl", seconds(Ttl.of(options.resultTtl())));
    fields.put("failure_ttl", seconds(Ttl.of(options.failureTtl())));
    Ttl ttl = Ttl.of(options.jobTtl());
    if (!ttl.isForever()) {
      fields.put("ttl", seconds(ttl));
    }
    fields.put("status", bytes(JobStatus.QUEUED.word()));
    if (options.retry().max() > 0) {
      fields.put("retries_left", bytes(Integer.toString(options.retry().max())));
      fields.put("retry_intervals", bytes(intervals()));
    }
    if (durable) {
      fields.put(JobHash.DURABLE, bytes("1"));
    }
    fields.put(JobHash.FINGERPRINT, bytes(fingerprint));
    return fields;
  }

  private String intervals() {
    return options.retry().intervals().isEmpty()
        ? "[0]"
        : options.retry().intervals().stream()
            .map(interval -> Long.toString(interval.toSeconds()))
            .collect(Collectors.joining(", ", "[", "]"));
  }

  private static byte[] seconds(Ttl ttl) {
    return bytes(Long.toString(ttl.seconds()));
  }

  private static String fingerprint(String queue, byte[] data) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes(queue));
      digest.update((byte) 0);
      return HexFormat.of().formatHex(digest.digest(data), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
