// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.lettuce.core.KeyValue;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobDetails;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.PayloadFormat;
import io.vedfolnir.queue.QueueException;
import io.vedfolnir.queue.codec.DecodedCall;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.queue.codec.PayloadRefusedException;
import io.vedfolnir.queue.codec.Trust;
import io.vedfolnir.redis.RedisAccess;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads all there is about one job, payloads included. */
final class JobDetailsReader {

  private final RedisAccess redis;
  private final RqKeys keys;
  private final PayloadCodec codec;
  private final JobReader reader;

  JobDetailsReader(RedisAccess redis, RqKeys keys, PayloadCodec codec, JobReader reader) {
    this.redis = redis;
    this.keys = keys;
    this.codec = codec;
    this.reader = reader;
  }

  /** A value, or why it is not given. */
  private record Decoded<T>(Optional<T> value, Optional<String> refusal) {

    static <T> Decoded<T> of(Supplier<T> decoding) {
      try {
        return new Decoded<>(Optional.of(decoding.get()), Optional.empty());
      } catch (PayloadRefusedException e) {
        return new Decoded<>(Optional.empty(), Optional.ofNullable(e.getMessage()));
      }
    }
  }

  private record Rest(
      Map<String, byte[]> hash,
      Map<String, @Nullable Object> progress,
      List<String> parents,
      List<String> dependents) {}

  CompletionStage<Optional<JobDetails>> show(String id) {
    return reader
        .find(id)
        .thenCompose(
            found ->
                found.isEmpty()
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : rest(id)
                        .thenCombine(
                            reader.history(id),
                            (rest, history) -> Optional.of(details(found.get(), rest, history))));
  }

  /** As {@link #show}; empty also for a job that RQ cannot have written. */
  CompletionStage<Optional<JobDetails>> showReadable(String id) {
    return show(id)
        .exceptionallyCompose(
            failure ->
                failure instanceof QueueException.Unreadable
                        || failure.getCause() instanceof QueueException.Unreadable
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletionStage<Rest> rest(String id) {
    return redis.readTogether(
        commands -> {
          CompletionStage<byte[]> progress = commands.get(TaskKeys.progress(id));
          CompletionStage<Set<byte[]>> parents = commands.smembers(keys.dependencies(id));
          CompletionStage<Set<byte[]>> dependents = commands.smembers(keys.dependents(id));
          return commands
              .hmget(keys.job(id), "data", "meta", "dependency_ids", "last_heartbeat", "group_id")
              .thenApply(
                  fields -> {
                    Map<String, byte[]> hash = new LinkedHashMap<>();
                    for (KeyValue<String, byte[]> field : fields) {
                      field.ifHasValue(value -> hash.put(field.getKey(), value));
                    }
                    return new Rest(hash, Map.of(), List.of(), List.of());
                  })
              .thenCombine(
                  progress,
                  (rest, text) -> new Rest(rest.hash(), progress(text), List.of(), List.of()))
              .thenCombine(
                  parents,
                  (rest, ids) -> new Rest(rest.hash(), rest.progress(), sorted(ids), List.of()))
              .thenCombine(
                  dependents,
                  (rest, ids) ->
                      new Rest(rest.hash(), rest.progress(), rest.parents(), sorted(ids)));
        });
  }

  private static List<String> sorted(Collection<byte[]> ids) {
    return ids.stream().map(RqKeys::text).sorted().toList();
  }

  private JobDetails details(Job job, Rest rest, List<JobResult> history) {
    HashFields fields =
        new HashFields(
            rest.hash().entrySet().stream()
                .map(field -> KeyValue.just(field.getKey(), field.getValue()))
                .toList());
    byte[] none = new byte[0];
    Decoded<DecodedCall> call =
        Decoded.of(() -> codec.decodeCall(rest.hash().getOrDefault("data", none)));
    byte[] stored = rest.hash().getOrDefault("meta", none);
    Decoded<Map<String, @Nullable Object>> meta =
        Decoded.of(() -> stored.length == 0 ? Map.of() : codec.decodeMeta(stored));
    return new JobDetails(
        job,
        call.value().map(DecodedCall::call),
        call.refusal(),
        call.value().map(this::format),
        meta.value().orElse(Map.of()),
        meta.refusal(),
        rest.progress(),
        parents(rest, fields),
        rest.dependents(),
        fields.date("last_heartbeat"),
        fields.text("group_id"),
        history);
  }

  private PayloadFormat format(DecodedCall call) {
    return call.serializer() == codec.json() ? PayloadFormat.JSON : PayloadFormat.PICKLE;
  }

  /** The set goes when the job is queued; the field stays. */
  private List<String> parents(Rest rest, HashFields fields) {
    return fields
        .text("dependency_ids")
        .map(ids -> Decoded.of(() -> codec.json().loads(RqKeys.bytes(ids), Trust.RESULT)))
        .flatMap(Decoded::value)
        .filter(List.class::isInstance)
        .map(ids -> ((List<?>) ids).stream().map(String::valueOf).toList())
        .orElse(rest.parents());
  }

  /** Not RQ's and not ours: what is no JSON object is not told. */
  private Map<String, @Nullable Object> progress(byte @Nullable [] document) {
    Map<String, @Nullable Object> progress = new LinkedHashMap<>();
    if (document != null
        && Decoded.of(() -> codec.json().loads(document, Trust.RESULT)).value().orElse(null)
            instanceof Map<?, ?> map) {
      map.forEach((name, value) -> progress.put(String.valueOf(name), value));
    }
    return progress;
  }
}
