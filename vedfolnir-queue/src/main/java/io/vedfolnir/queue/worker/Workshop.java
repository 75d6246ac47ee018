// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.redis.RedisAccess;
import java.time.Duration;
import java.time.Instant;

/** What the agents of one worker share. */
record Workshop(
    RedisAccess redis,
    RqKeys keys,
    PayloadCodec codec,
    WorkerSettings settings,
    String name,
    Tally tally,
    Patience patience) {

  /** How long others respect an execution, or the worker, without a heartbeat. */
  Duration lease() {
    return settings.heartbeat().plusSeconds(60);
  }

  /** The present time by the clock of Redis. */
  Instant now() {
    return redis.clock().instant();
  }

  /** The worker's hash. */
  String workerKey() {
    return keys.worker(name);
  }
}
