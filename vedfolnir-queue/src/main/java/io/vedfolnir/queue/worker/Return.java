// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.WatchedTransaction;
import java.util.Arrays;
import java.util.List;

/** Takes back a claim or a start, as if it had not been made. */
final class Return {

  private static final int TRIES = 100;

  private final Workshop workshop;
  private final RqKeys keys;

  Return(Workshop workshop) {
    this.workshop = workshop;
    this.keys = workshop.keys();
  }

  /**
   * Puts a claimed id back to the front of its queue.
   *
   * @return false if it is not in the intermediate list any more
   */
  boolean toFront(String queue, byte[] raw) {
    String intermediate = keys.intermediate(queue);
    // Looked up first, so that a try whose reply was lost does not push a second time.
    return workshop
        .patience()
        .await(
            "giving a job back",
            () ->
                workshop
                    .redis()
                    .watched(
                        new WatchedTransaction<>(
                            List.of(intermediate),
                            commands -> commands.lrange(intermediate, 0, -1),
                            ids ->
                                ids.stream().anyMatch(id -> Arrays.equals(id, raw))
                                    ? Decision.write(
                                        commands -> {
                                          commands.lrem(intermediate, 0, raw);
                                          commands.lpush(keys.queue(queue), raw);
                                        },
                                        reply -> true)
                                    : Decision.stop(false),
                            TRIES)));
  }

  /** Takes back a start of a job whose id is in its queue again. */
  void afterStart(Execution execution) {
    String job = keys.job(execution.id());
    byte[] member = bytes(keys.member(execution.id(), execution.executionId()));
    workshop
        .patience()
        .await(
            "taking back a start",
            () ->
                workshop
                    .redis()
                    .watched(
                        new WatchedTransaction<>(
                            List.of(job),
                            commands -> commands.zscore(keys.started(execution.queue()), member),
                            score ->
                                score == null
                                    ? Decision.stop(false)
                                    : Decision.write(
                                        commands -> {
                                          commands.hset(
                                              job, "status", bytes(JobStatus.QUEUED.word()));
                                          commands.zrem(keys.started(execution.queue()), member);
                                          commands.zrem(
                                              keys.executions(execution.id()),
                                              bytes(execution.executionId()));
                                          commands.del(
                                              keys.execution(
                                                  execution.id(), execution.executionId()));
                                        },
                                        reply -> true),
                            TRIES)));
  }
}
