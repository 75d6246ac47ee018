// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.KeyValue;
import io.lettuce.core.SetArgs;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.queue.codec.Serializer;
import io.vedfolnir.redis.RedisAccess;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What all workers, or one of them, are told: by a key and by RQ's channels. */
final class WorkerCommands {

  private final RedisAccess redis;
  private final RqKeys keys;
  private final Serializer json;

  WorkerCommands(RedisAccess redis, RqKeys keys, PayloadCodec codec) {
    this.redis = redis;
    this.keys = keys;
    this.json = codec.json();
  }

  CompletionStage<Void> suspend(Duration atMost) {
    Ttl ttl = Ttl.of(atMost);
    if (ttl.isNothing()) {
      throw new IllegalArgumentException("suspend for 1 s or longer, or Enqueue.FOREVER");
    }
    SetArgs args = ttl.isForever() ? new SetArgs() : SetArgs.Builder.ex(ttl.seconds());
    return redis
        .<String>call(commands -> commands.set(keys.suspended(), bytes("1"), args))
        .thenApply(ok -> null);
  }

  CompletionStage<Boolean> resume() {
    return redis.<Long>call(commands -> commands.del(keys.suspended())).thenApply(n -> n > 0);
  }

  CompletionStage<Boolean> isSuspended() {
    return redis.<Long>read(commands -> commands.exists(keys.suspended())).thenApply(n -> n > 0);
  }

  CompletionStage<Boolean> stop(String id) {
    return redis
        .<List<KeyValue<String, byte[]>>>read(
            commands -> commands.hmget(keys.job(id), "status", "worker_name"))
        .thenCompose(
            reply -> {
              HashFields job = new HashFields(reply);
              boolean runs =
                  job.text("status").filter(JobStatus.STARTED.word()::equals).isPresent();
              return job.text("worker_name")
                  .filter(worker -> runs)
                  .map(worker -> tell(worker, Map.of("command", "stop-job", "job_id", id)))
                  .orElseGet(() -> CompletableFuture.completedFuture(false));
            });
  }

  CompletionStage<Boolean> shutdown(String worker) {
    return tell(worker, Map.of("command", "shutdown"));
  }

  CompletionStage<Boolean> killHorse(String worker) {
    return tell(worker, Map.of("command", "kill-horse"));
  }

  private CompletionStage<Boolean> tell(String worker, Map<String, String> command) {
    if (worker.isBlank()) {
      throw new IllegalArgumentException("worker is the name of a worker");
    }
    byte[] message = json.dumps(new LinkedHashMap<>(command));
    return redis
        .<Long>call(commands -> commands.publish(keys.commands(worker), message))
        .thenApply(heard -> heard > 0);
  }
}
