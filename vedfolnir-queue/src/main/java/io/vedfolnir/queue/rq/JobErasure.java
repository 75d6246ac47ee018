// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.KeyValue;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.Explanation;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.codec.DecodedCall;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.queue.codec.PayloadRefusedException;
import io.vedfolnir.queue.codec.Trust;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.WatchedTransaction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Takes one job, or what is personal in it, out of Redis. */
final class JobErasure {

  private static final int TRIES = 50;
  private static final String FORGOTTEN = "forgotten";

  private final RedisAccess redis;
  private final RqKeys keys;
  private final PayloadCodec codec;
  private final Explainer explainer;
  private final JobSteering steering;
  private final DependentRelease dependents;

  JobErasure(
      RedisAccess redis,
      RqKeys keys,
      PayloadCodec codec,
      Explainer explainer,
      JobSteering steering) {
    this.redis = redis;
    this.keys = keys;
    this.codec = codec;
    this.explainer = explainer;
    this.steering = steering;
    this.dependents = new DependentRelease(redis, keys);
  }

  private record Erased(JobTraces traces, boolean done) {}

  /** Removes a job and its id from those that wait for it; false if it runs and was left. */
  CompletionStage<Boolean> erase(String id) {
    return explainer
        .explain(id)
        .thenCombine(steering.queues(), (explanation, queues) -> erasure(id, explanation, queues))
        .thenCompose(redis::watched)
        .thenCompose(
            erased ->
                erased.done()
                    ? forgetParent(erased.traces()).thenApply(forgotten -> true)
                    : CompletableFuture.completedFuture(false));
  }

  private WatchedTransaction<JobTraces, Erased> erasure(
      String id, Explanation explanation, List<String> queues) {
    boolean abandoned = explanation instanceof Explanation.Abandoned;
    return new WatchedTransaction<>(
        List.of(keys.job(id)),
        commands -> JobTraces.read(commands, keys, id),
        traces ->
            traces.status() == JobStatus.STARTED && !abandoned
                ? Decision.stop(new Erased(traces, false))
                : remove(traces, traces.queue().map(List::of).orElse(queues)),
        TRIES);
  }

  private Decision<Erased> remove(JobTraces traces, List<String> queues) {
    return Decision.write(
        commands -> traces.remove(commands, keys, queues),
        reply -> {
          reply.orThrow();
          return new Erased(traces, true);
        });
  }

  private CompletionStage<List<Boolean>> forgetParent(JobTraces gone) {
    List<String> children = gone.dependents().stream().filter(RqKeys::isJobId).toList();
    return dependents
        .release(gone.id(), children)
        .thenCompose(
            released -> Stages.eachInTurn(children, child -> forgetParent(child, gone.id())));
  }

  private CompletionStage<Boolean> forgetParent(String child, String parent) {
    String job = keys.job(child);
    return redis.watched(
        new WatchedTransaction<>(
            List.of(job),
            commands -> commands.hmget(job, "dependency_ids"),
            reply ->
                Decision.write(
                    commands -> forgetParent(commands, job, parent, reply),
                    done -> {
                      done.orThrow();
                      return true;
                    }),
            TRIES));
  }

  private void forgetParent(
      RedisAsyncCommands<String, byte[]> commands,
      String job,
      String parent,
      List<KeyValue<String, byte[]>> reply) {
    List<String> left =
        new HashFields(reply)
            .text("dependency_ids").map(this::ids).orElse(List.of()).stream()
                .filter(id -> !id.equals(parent))
                .toList();
    if (left.isEmpty()) {
      commands.hdel(job, "dependency_ids", "dependency_id");
    } else {
      commands.hset(
          job,
          Map.of("dependency_ids", codec.json().dumps(left), "dependency_id", bytes(left.get(0))));
    }
  }

  private List<String> ids(String json) {
    try {
      return codec.json().loads(bytes(json), Trust.RESULT) instanceof List<?> list
          ? list.stream().map(String::valueOf).toList()
          : List.of();
    } catch (PayloadRefusedException e) {
      return List.of();
    }
  }

  private record Ended(
      List<KeyValue<String, byte[]>> fields,
      List<StreamMessage<String, byte[]>> results,
      long ttlMillis) {}

  /** Empties a job that has ended; false if it has not. */
  CompletionStage<Boolean> anonymise(String id) {
    return redis.watched(
        new WatchedTransaction<>(
            List.of(keys.job(id), keys.results(id)),
            commands -> {
              CompletionStage<List<StreamMessage<String, byte[]>>> results =
                  commands.xrange(keys.results(id), Range.unbounded());
              CompletionStage<Long> ttl = commands.pttl(keys.results(id));
              return commands
                  .hmget(keys.job(id), "status", "data")
                  .thenCombine(results, (fields, entries) -> new Ended(fields, entries, 0))
                  .thenCombine(
                      ttl, (job, millis) -> new Ended(job.fields(), job.results(), millis));
            },
            job -> decideAnonymise(id, job),
            TRIES));
  }

  private Decision<Boolean> decideAnonymise(String id, Ended job) {
    boolean ended =
        new HashFields(job.fields())
            .text("status")
            .filter(word -> JobStatus.of(word).isEnded())
            .isPresent();
    if (!ended) {
      return Decision.stop(false);
    }
    return Decision.write(
        commands -> {
          commands.hset(keys.job(id), emptied(job.fields().get(1)));
          commands.hdel(
              keys.job(id), "meta", "result", "exc_info", JobHash.FINGERPRINT, "webhooks");
          commands.del(keys.results(id));
          for (StreamMessage<String, byte[]> entry : job.results()) {
            Map<String, byte[]> outcome = new LinkedHashMap<>(entry.getBody());
            outcome.remove("return_value");
            outcome.remove("exc_string");
            commands.xadd(keys.results(id), new XAddArgs().id(entry.getId()), outcome);
          }
          if (job.ttlMillis() > 0) {
            commands.pexpire(keys.results(id), job.ttlMillis());
          }
        },
        reply -> {
          reply.orThrow();
          return true;
        });
  }

  private Map<String, byte[]> emptied(KeyValue<String, byte[]> data) {
    try {
      DecodedCall call = codec.decodeCall(data.getValueOrElse(new byte[0]));
      String function = call.call().function();
      return Map.of(
          "data", codec.encodeCall(RemoteCall.of(function), call.serializer()),
          "description", bytes(function));
    } catch (PayloadRefusedException e) {
      return Map.of(
          "data", codec.encodeCall(RemoteCall.of(FORGOTTEN), codec.pickle()),
          "description", bytes(FORGOTTEN));
    }
  }
}
