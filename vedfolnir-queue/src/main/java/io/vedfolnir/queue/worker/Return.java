// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.redis.Decision;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.WatchedTransaction;
import java.util.Arrays;
import java.util.List;

/** Takes back a claim, as if it had not been made. */
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
   * @throws io.vedfolnir.redis.RedisAccessException if Redis does not do it now
   */
  boolean toFront(String queue, byte[] raw) {
    String intermediate = keys.intermediate(queue);
    // Looked up first, so that a try whose reply was lost does not push a second time.
    return RedisAccess.await(
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
}
