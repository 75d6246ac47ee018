// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.vedfolnir.queue.QueueException;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.queue.rq.RqTime;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.WatchedTransaction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The worker as {@code rq info} and the dashboards see it: born, renewed, dead. */
final class WorkerRegistration {

  /** As RQ: a dead worker is shown for a minute. */
  private static final long SHOWN_DEAD_SECONDS = 60;

  private final Workshop workshop;
  private final RqKeys keys;

  WorkerRegistration(Workshop workshop) {
    this.workshop = workshop;
    this.keys = workshop.keys();
  }

  /**
   * Enters the worker.
   *
   * @throws QueueException.WorkerNameTaken if another one of this name is alive
   */
  CompletionStage<Void> birth() {
    String worker = workshop.workerKey();
    return workshop
        .redis()
        .watched(
            new WatchedTransaction<Boolean, Void>(
                List.of(worker),
                commands ->
                    commands
                        .exists(worker)
                        .thenCombine(
                            commands.hexists(worker, "death"),
                            (exists, dead) -> exists > 0 && !dead),
                alive -> {
                  if (alive) {
                    throw new QueueException.WorkerNameTaken();
                  }
                  return Decision.write(this::write, reply -> null);
                },
                20));
  }

  /** Enters the worker again after its hash has expired, as after a long pause. */
  CompletionStage<?> renew() {
    return workshop.redis().transact(this::write);
  }

  private void write(io.lettuce.core.api.async.RedisAsyncCommands<String, byte[]> commands) {
    String worker = workshop.workerKey();
    commands.del(worker);
    commands.hset(worker, fields());
    commands.sadd(keys.workers(), bytes(worker));
    for (String queue : workshop.settings().queues()) {
      commands.sadd(keys.workers(queue), bytes(worker));
    }
    commands.expire(worker, workshop.lease().toSeconds());
  }

  private Map<String, byte[]> fields() {
    byte[] now = bytes(RqTime.date(workshop.now()));
    Map<String, byte[]> fields = new LinkedHashMap<>();
    fields.put("birth", now);
    fields.put("last_heartbeat", now);
    fields.put("queues", bytes(String.join(",", workshop.settings().queues())));
    fields.put("pid", bytes(Long.toString(ProcessHandle.current().pid())));
    fields.put("hostname", bytes(HostName.get()));
    fields.put("ip_address", bytes("unknown"));
    fields.put("version", bytes("vedfolnir " + version()));
    fields.put("python_version", bytes("java " + System.getProperty("java.version")));
    fields.put("state", bytes("started"));
    counters(fields);
    return fields;
  }

  private void counters(Map<String, byte[]> fields) {
    var counts = workshop.tally().counts();
    fields.put("successful_job_count", bytes(Long.toString(counts.finished())));
    fields.put("failed_job_count", bytes(Long.toString(counts.failed() + counts.retried())));
    fields.put("total_working_time", bytes("0"));
  }

  /** Takes the worker out. */
  CompletionStage<?> death() {
    String worker = workshop.workerKey();
    return workshop
        .redis()
        .transact(
            commands -> {
              commands.srem(keys.workers(), bytes(worker));
              for (String queue : workshop.settings().queues()) {
                commands.srem(keys.workers(queue), bytes(worker));
              }
              commands.hdel(worker, "current_job");
              commands.hset(worker, "death", bytes(RqTime.date(workshop.now())));
              commands.expire(worker, SHOWN_DEAD_SECONDS);
            });
  }

  private static String version() {
    return Optional.ofNullable(WorkerRegistration.class.getPackage().getImplementationVersion())
        .orElse("0");
  }
}
