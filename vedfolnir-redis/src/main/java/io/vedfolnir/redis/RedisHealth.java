// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How Redis was doing at one moment.
 *
 * @param status the verdict
 * @param roundTrip time for one PING; empty if it was not answered
 * @param version the server's version; empty if it was not told
 * @param usedMemory bytes in use, 0 if not told
 * @param maxMemory limit in bytes, 0 if there is none or it was not told
 * @param connectedClients clients connected, 0 if not told
 * @param findings what speaks against {@link Status#HEALTHY}, in sentences
 */
public record RedisHealth(
    Status status,
    Optional<Duration> roundTrip,
    Optional<String> version,
    long usedMemory,
    long maxMemory,
    long connectedClients,
    List<String> findings) {

  /** The verdict. */
  public enum Status {
    /** Answers fast and has room. */
    HEALTHY,
    /** Works, and needs a look: slow (over 1 s), over 80 % of its memory, or saving fails. */
    DEGRADED,
    /** Does not answer, refuses writes, or is over 95 % of its memory with nothing to evict. */
    UNHEALTHY
  }

  private static final Duration SLOW = Duration.ofSeconds(1);

  static RedisHealth of(RedisAccess redis) {
    long start = System.nanoTime();
    Map<String, String> info;
    Duration roundTrip;
    try {
      RedisAccess.await(redis.read(RedisAsyncCommands::ping));
      roundTrip = Duration.ofNanos(System.nanoTime() - start);
      info = Info.parse(RedisAccess.await(redis.read(RedisAsyncCommands::info)));
    } catch (RedisAccessException e) {
      return new RedisHealth(
          Status.UNHEALTHY,
          Optional.empty(),
          Optional.empty(),
          0,
          0,
          0,
          List.of(String.valueOf(e.getMessage())));
    }
    return judge(roundTrip, info);
  }

  static RedisHealth judge(Duration roundTrip, Map<String, String> info) {
    List<String> findings = new ArrayList<>();
    Status status = Status.HEALTHY;
    if (roundTrip.compareTo(SLOW) > 0) {
      findings.add("PING took " + roundTrip.toMillis() + " ms");
      status = Status.DEGRADED;
    }
    if ("err".equals(info.get("rdb_last_bgsave_status"))
        || "err".equals(info.get("aof_last_write_status"))
        || "err".equals(info.get("aof_last_bgrewrite_status"))) {
      findings.add("the last save to disk failed");
      status = Status.DEGRADED;
    }
    long used = Info.number(info, "used_memory");
    long max = Info.number(info, "maxmemory");
    if (max > 0 && used > max / 100 * 80) {
      findings.add("memory is at " + used * 100 / max + " % of maxmemory");
      boolean evicts = !"noeviction".equals(info.get("maxmemory_policy"));
      status = used > max / 100 * 95 && !evicts ? Status.UNHEALTHY : Status.DEGRADED;
    }
    return new RedisHealth(
        status,
        Optional.of(roundTrip),
        Optional.ofNullable(info.get("redis_version")),
        used,
        max,
        Info.number(info, "connected_clients"),
        List.copyOf(findings));
  }
}
