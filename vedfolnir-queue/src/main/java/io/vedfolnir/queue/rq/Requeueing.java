// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.JobStatus;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** The commands that put an existing job into its queue, as part of a transaction. */
final class Requeueing {

  private Requeueing() {}

  /** Queues a job with an origin; its TTL for waiting begins anew. */
  static void write(
      RedisAsyncCommands<String, byte[]> commands,
      RqKeys keys,
      JobHash job,
      Map<String, byte[]> changes,
      Instant now) {
    String queue = job.origin().orElseThrow();
    String key = keys.job(job.id());
    Map<String, byte[]> fields = new LinkedHashMap<>(changes);
    fields.put("status", bytes(JobStatus.QUEUED.word()));
    fields.put("enqueued_at", bytes(RqTime.date(now)));
    commands.sadd(keys.queues(), bytes(keys.queue(queue)));
    commands.hset(key, fields);
    if (job.ttl().filter(ttl -> ttl.seconds() > 0).isPresent()) {
      commands.expire(key, job.ttl().orElseThrow().seconds());
    } else {
      commands.persist(key);
    }
    if (job.atFront()) {
      commands.lpush(keys.queue(queue), bytes(job.id()));
    } else {
      commands.rpush(keys.queue(queue), bytes(job.id()));
    }
  }
}
