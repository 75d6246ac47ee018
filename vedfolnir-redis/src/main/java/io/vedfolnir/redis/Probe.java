// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.redis.Preflight.Item;
import io.vedfolnir.redis.Preflight.Severity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks at a server with the rights of an ordinary user, and tries what it cannot look at. */
final class Probe {

  private final RedisAccess redis;
  private final String keyPrefix;
  private final List<Item> items = new ArrayList<>();

  Probe(RedisAccess redis, String keyPrefix) {
    this.redis = redis;
    this.keyPrefix = keyPrefix;
  }

  List<Item> run() {
    Map<String, String> info;
    try {
      info = Info.parse(RedisAccess.await(redis.read(RedisAsyncCommands::info)));
    } catch (RedisAccessException e) {
      items.add(
          new Item("INFO", message(e), "an answer", Severity.ERROR, "grant +info and ask again"));
      return items;
    }
    version(info);
    memory(info);
    persistence(info);
    replication(info);
    if (writing()) {
      notifications();
    }
    return items;
  }

  private void version(Map<String, String> info) {
    String version = info.getOrDefault("redis_version", "unknown");
    boolean fine = RedisVersion.isSupported(version);
    add("version", version, "7.0 or newer", fine, Severity.ERROR, "upgrade Redis");
  }

  private void memory(Map<String, String> info) {
    String policy = info.getOrDefault("maxmemory_policy", "unknown");
    boolean keepsLists = !policy.startsWith("allkeys");
    add(
        "eviction policy",
        policy,
        "volatile-lru, another volatile policy, or noeviction",
        keepsLists,
        Severity.ERROR,
        "an allkeys policy may evict whole queues: set maxmemory-policy volatile-lru");
    long max = Info.number(info, "maxmemory");
    add(
        "memory limit",
        max == 0 ? "none" : max + " bytes",
        "a limit below the memory of the machine",
        max > 0,
        Severity.WARNING,
        "set maxmemory, or Redis grows until the machine kills it");
  }

  private void persistence(Map<String, String> info) {
    boolean aof = "1".equals(info.get("aof_enabled"));
    add(
        "append-only file",
        aof ? "on" : "off",
        "on",
        aof,
        Severity.WARNING,
        "a restart loses what came after the last snapshot: set appendonly yes");
    boolean saved =
        !"err".equals(info.get("rdb_last_bgsave_status"))
            && !"err".equals(info.get("aof_last_write_status"));
    add(
        "last save",
        saved ? "succeeded" : "failed",
        "succeeded",
        saved,
        Severity.ERROR,
        "check the disk: Redis may refuse writes (MISCONF)");
  }

  private void replication(Map<String, String> info) {
    String role = info.getOrDefault("role", "unknown");
    add(
        "role",
        role,
        "master",
        role.equals("master"),
        Severity.ERROR,
        "replicas take no writes: connect to the master, or through Sentinel");
  }

  private boolean writing() {
    try {
      String key = canary();
      RedisAccess.await(redis.call(r -> r.set(key, new byte[] {1}, SetArgs.Builder.ex(60))));
      RedisAccess.await(redis.call(r -> r.del(key)));
      add("writing a key", "allowed", "allowed", true, Severity.ERROR, "");
      return true;
    } catch (RedisAccessException e) {
      add("writing a key", message(e), "allowed", false, Severity.ERROR, "compare the ACL user");
      return false;
    }
  }

  /** A key that lives a millisecond tells whether its end is announced; nothing else can. */
  private void notifications() {
    String name = "expiry notifications";
    String expected = "on (notify-keyspace-events Ex)";
    String advice =
        "ends of sessions are then noticed by the clock alone; they are only a hint anyway";
    String key = canary();
    CountDownLatch seen = new CountDownLatch(1);
    String channel = "__keyevent@" + redis.settings().address().database() + "__:expired";
    try (Subscription subscription =
        redis.subscribe(
            List.of(channel),
            (from, message) -> {
              if (new String(message, StandardCharsets.UTF_8).equals(key)) {
                seen.countDown();
              }
            })) {
      RedisAccess.await(redis.call(r -> r.set(key, new byte[] {1}, SetArgs.Builder.px(1))));
      boolean arrived = false;
      // Reading the key makes Redis notice that its time is over; without it the end of a key
      // is announced whenever the server's own sweep finds it.
      for (int i = 0; i < 40 && !arrived; i++) {
        arrived = seen.await(5, TimeUnit.MILLISECONDS);
        RedisAccess.await(redis.read(r -> r.get(key)));
      }
      arrived = arrived || seen.await(200, TimeUnit.MILLISECONDS);
      add(name, arrived ? "on" : "not announced", expected, arrived, Severity.WARNING, advice);
    } catch (RedisAccessException e) {
      add(name, message(e), expected, false, Severity.WARNING, advice);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String canary() {
    return keyPrefix + "canary:" + UUID.randomUUID();
  }

  private void add(
      String name, String found, String expected, boolean fine, Severity otherwise, String advice) {
    items.add(new Item(name, found, expected, fine ? Severity.OK : otherwise, fine ? "" : advice));
  }

  private static String message(RedisAccessException e) {
    return e.code().orElse(e.getClass().getSimpleName());
  }
}
