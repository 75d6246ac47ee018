// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.StreamMessage;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.JobResult.Outcome;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.queue.codec.PayloadRefusedException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One entry of a job's result stream, in both directions. */
public final class ResultEntry {

  private static final Map<String, Outcome> OUTCOMES =
      Map.of(
          "1", Outcome.SUCCESSFUL,
          "2", Outcome.FAILED,
          "3", Outcome.STOPPED,
          "4", Outcome.RETRIED,
          "5", Outcome.MAX_RETRIES_EXCEEDED);

  private ResultEntry() {}

  /** The fields of a success; {@code returnValue} is null for None, which RQ leaves out. */
  public static Map<String, byte[]> success(
      byte @Nullable [] returnValue,
      String worker,
      String execution,
      Instant started,
      Instant ended) {
    Map<String, byte[]> fields = new LinkedHashMap<>();
    fields.put("type", bytes("1"));
    fields.put("worker_name", bytes(worker));
    if (returnValue != null) {
      fields.put("return_value", returnValue);
    }
    times(fields, execution, started, ended);
    return fields;
  }

  /** The fields of a failure. */
  public static Map<String, byte[]> failure(
      byte[] exception, String worker, String execution, Instant started, Instant ended) {
    Map<String, byte[]> fields = new LinkedHashMap<>();
    fields.put("type", bytes("2"));
    fields.put("worker_name", bytes(worker));
    fields.put("exc_string", exception);
    times(fields, execution, started, ended);
    return fields;
  }

  private static void times(
      Map<String, byte[]> fields, String execution, Instant started, Instant ended) {
    fields.put("execution_id", bytes(execution));
    fields.put("execution_started_at", bytes(RqTime.seconds(started)));
    fields.put("execution_ended_at", bytes(RqTime.seconds(ended)));
  }

  /** Reads an entry; a payload that is refused is told in the result. */
  static JobResult read(StreamMessage<String, byte[]> entry, PayloadCodec codec) {
    Map<String, byte[]> fields = entry.getBody();
    Outcome outcome = OUTCOMES.getOrDefault(text(fields, "type").orElse(""), Outcome.UNKNOWN);
    String millis = entry.getId().substring(0, entry.getId().indexOf('-'));
    return result(
        outcome,
        Instant.ofEpochMilli(Long.parseLong(millis)),
        outcome == Outcome.SUCCESSFUL ? fields.get("return_value") : null,
        () -> text(codec, fields.get("exc_string")),
        value -> codec.decodeResult(value),
        text(fields, "worker_name"),
        text(fields, "execution_id"));
  }

  /** Reads what RQ left in the job's hash before it used streams. */
  static Optional<JobResult> legacy(
      Outcome outcome,
      Instant endedAt,
      byte @Nullable [] result,
      byte @Nullable [] exception,
      PayloadCodec codec) {
    return Optional.of(
        result(
            outcome,
            endedAt,
            outcome == Outcome.SUCCESSFUL ? result : null,
            () ->
                exception == null
                    ? Optional.empty()
                    : readable(() -> codec.decodeLegacyException(exception)),
            codec::decodeValue,
            Optional.empty(),
            Optional.empty()));
  }

  private interface Decoding {
    @Nullable Object decode(byte[] value);
  }

  private static JobResult result(
      Outcome outcome,
      Instant at,
      byte @Nullable [] value,
      java.util.function.Supplier<Optional<String>> exception,
      Decoding decoding,
      Optional<String> worker,
      Optional<String> execution) {
    Optional<Object> decoded = Optional.empty();
    Optional<String> refusal = Optional.empty();
    if (value != null) {
      try {
        decoded = Optional.ofNullable(decoding.decode(value));
      } catch (PayloadRefusedException e) {
        refusal = Optional.ofNullable(e.getMessage());
      }
    }
    return new JobResult(outcome, at, decoded, refusal, exception.get(), worker, execution);
  }

  private static Optional<String> text(PayloadCodec codec, byte @Nullable [] exception) {
    return exception == null ? Optional.empty() : readable(() -> codec.decodeException(exception));
  }

  private static Optional<String> readable(java.util.function.Supplier<String> text) {
    try {
      return Optional.of(text.get());
    } catch (PayloadRefusedException e) {
      return Optional.of("(the traceback cannot be read: " + e.getMessage() + ")");
    }
  }

  private static Optional<String> text(Map<String, byte[]> fields, String field) {
    byte[] value = fields.get(field);
    return value == null || value.length == 0 ? Optional.empty() : Optional.of(RqKeys.text(value));
  }
}
