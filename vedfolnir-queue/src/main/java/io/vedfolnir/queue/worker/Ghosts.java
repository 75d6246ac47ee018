// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.queue.rq.RqTime;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ids whose job is gone: recorded in a stream, counted and logged. One thread. */
final class Ghosts {

  private static final Logger log = LoggerFactory.getLogger(Ghosts.class);
  private static final long MOST_KEPT = 10_000;
  private static final long SECOND = 1_000_000_000;
  private static final Pattern EVICTED_KEYS = Pattern.compile("evicted_keys:(\\d+)");

  /** What became of the job. */
  enum Why {
    /** Its hash is not there, and this server has evicted nothing: expired, or deleted. */
    EXPIRED("expired"),
    /** Its hash is not there, and this server evicts keys: most likely this one. */
    EVICTED("evicted"),
    /** It waited longer than its TTL, which Redis had not been told (durable jobs). */
    OVERDUE("overdue");

    private final String word;

    Why(String word) {
      this.word = word;
    }
  }

  private final Workshop workshop;
  private final RqKeys keys;
  private @Nullable Why seen;
  private long seenAt;

  Ghosts(Workshop workshop) {
    this.workshop = workshop;
    this.keys = workshop.keys();
  }

  /** Why a hash may be gone; asks the server at most once a second. */
  Why whyGone() {
    long now = System.nanoTime();
    if (seen == null || now - seenAt > SECOND) {
      seen = askWhy();
      seenAt = now;
    }
    return seen;
  }

  private Why askWhy() {
    try {
      Matcher evicted =
          EVICTED_KEYS.matcher(
              RedisAccess.await(workshop.redis().read(commands -> commands.info("stats"))));
      return evicted.find() && !evicted.group(1).equals("0") ? Why.EVICTED : Why.EXPIRED;
    } catch (RedisAccessException e) {
      return Why.EXPIRED; // the record says no more than is known
    }
  }

  /** Records one, inside a transaction. */
  void write(RedisAsyncCommands<String, byte[]> commands, String queue, String id, Why why) {
    commands.xadd(
        keys.ghosts(),
        XAddArgs.Builder.maxlen(MOST_KEPT).approximateTrimming(),
        Map.of(
            "id", bytes(id),
            "queue", bytes(queue),
            "why", bytes(why.word),
            "worker", bytes(workshop.name()),
            "at", bytes(RqTime.date(workshop.now()))));
    if (why == Why.OVERDUE) {
      commands.del(keys.job(id), keys.dependents(id), keys.dependencies(id));
    }
  }

  /** Counts one and says so. */
  void tell(String queue, Why why) {
    workshop.tally().ghosts.increment();
    log.warn(
        why == Why.OVERDUE
            ? "a job of queue {} waited longer than its TTL and is not run"
            : "a job of queue {} was gone before it could run: {}",
        queue,
        why.word);
  }
}
