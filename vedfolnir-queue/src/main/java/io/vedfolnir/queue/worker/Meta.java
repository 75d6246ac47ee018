// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.vedfolnir.queue.codec.PayloadRefusedException;
import io.vedfolnir.queue.codec.Serializer;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.WatchedTransaction;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Field {@code meta} of running jobs. Thread-safe. */
final class Meta {

  private static final int TRIES = 20;

  private final Workshop workshop;
  private final RqKeys keys;

  Meta(Workshop workshop) {
    this.workshop = workshop;
    this.keys = workshop.keys();
  }

  Map<String, @Nullable Object> read(Execution execution) {
    byte[] stored =
        RedisAccess.await(
            workshop
                .redis()
                .<byte[]>read(commands -> commands.hget(keys.job(execution.id()), "meta")));
    if (stored == null || stored.length == 0) {
      return Map.of();
    }
    try {
      return workshop.codec().decodeMeta(stored);
    } catch (PayloadRefusedException e) {
      throw new IllegalStateException("the job's meta cannot be read: " + e.getMessage(), e);
    }
  }

  /** Writes it if the run is still ours: it must not bring a deleted job back. */
  boolean write(
      Execution execution, Map<String, ? extends @Nullable Object> meta, Serializer serializer) {
    byte[] stored = workshop.codec().encodeMeta(meta, serializer);
    String job = keys.job(execution.id());
    byte[] member = bytes(keys.member(execution.id(), execution.executionId()));
    return RedisAccess.await(
        workshop
            .redis()
            .watched(
                new WatchedTransaction<>(
                    List.of(job),
                    commands ->
                        commands
                            .zscore(keys.started(execution.queue()), member)
                            .thenCombine(
                                commands.exists(job),
                                (lease, exists) -> lease != null && exists > 0),
                    ours ->
                        ours
                            ? Decision.write(
                                commands -> commands.hset(job, Map.of("meta", stored)),
                                reply -> {
                                  reply.orThrow();
                                  return true;
                                })
                            : Decision.stop(false),
                    TRIES)));
  }
}
