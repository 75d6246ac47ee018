// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.queue.codec.PayloadRefusedException;
import io.vedfolnir.queue.codec.Trust;
import io.vedfolnir.redis.RedisAccess;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What the application keeps of a person beside its jobs: read, and removed. */
final class TaskDocuments {

  private final RedisAccess redis;
  private final PayloadCodec codec;

  TaskDocuments(RedisAccess redis, PayloadCodec codec) {
    this.redis = redis;
    this.codec = codec;
  }

  /** Their keys that exist. */
  CompletionStage<List<String>> keys(String user, List<String> tasks) {
    List<String> keys = new ArrayList<>(List.of(TaskKeys.activeTask(user)));
    tasks.forEach(task -> keys.addAll(TaskKeys.ofTask(user, task)));
    return Stages.eachInTurn(
            keys,
            key ->
                redis
                    .<Long>read(commands -> commands.exists(key))
                    .thenApply(count -> count > 0 ? List.of(key) : List.<String>of()))
        .thenApply(found -> found.stream().flatMap(List::stream).toList());
  }

  /** The contents of a key: a text, or the fields of a hash. */
  CompletionStage<Object> content(String key) {
    return redis
        .<String>read(commands -> commands.type(key))
        .thenCompose(
            type ->
                type.equals("hash")
                    ? redis
                        .<Map<String, byte[]>>read(commands -> commands.hgetall(key))
                        .thenApply(TaskDocuments::texts)
                    : redis
                        .<byte[]>read(commands -> commands.get(key))
                        .thenApply(value -> value == null ? "" : RqKeys.text(value)));
  }

  private static Object texts(Map<String, byte[]> hash) {
    Map<String, String> fields = new LinkedHashMap<>();
    hash.forEach((name, value) -> fields.put(name, RqKeys.text(value)));
    return fields;
  }

  CompletionStage<Long> remove(List<String> keys) {
    return keys.isEmpty()
        ? CompletableFuture.completedFuture(0L)
        : redis.<Long>call(commands -> commands.del(keys.toArray(String[]::new)));
  }

  /** By list, the items that name the person or one of their tasks. */
  CompletionStage<Map<String, List<byte[]>>> items(String user, List<String> tasks) {
    Map<String, List<byte[]>> found = new LinkedHashMap<>();
    return Stages.eachInTurn(
            TaskKeys.lists(redis.clock().instant()),
            list ->
                redis
                    .<List<byte[]>>read(commands -> commands.lrange(list, 0, -1))
                    .thenAccept(
                        items -> {
                          List<byte[]> named =
                              items.stream().filter(item -> names(item, user, tasks)).toList();
                          if (!named.isEmpty()) {
                            found.put(list, named);
                          }
                        }))
        .thenApply(done -> found);
  }

  CompletionStage<Long> removeItems(Map<String, List<byte[]>> items) {
    return Stages.eachInTurn(
            items.entrySet(),
            list ->
                Stages.eachInTurn(
                    list.getValue(),
                    item -> redis.<Long>call(commands -> commands.lrem(list.getKey(), 0, item))))
        .thenApply(
            removed -> removed.stream().flatMap(List::stream).mapToLong(Long::longValue).sum());
  }

  private boolean names(byte[] item, String user, List<String> tasks) {
    try {
      return names(codec.json().loads(item, Trust.RESULT), user, tasks);
    } catch (PayloadRefusedException e) {
      return names(RqKeys.text(item), user, tasks);
    }
  }

  private static boolean names(@Nullable Object value, String user, List<String> tasks) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .anyMatch(
              entry ->
                  ("user_id".equals(entry.getKey())
                          && user.equals(String.valueOf(entry.getValue())))
                      || names(entry.getValue(), user, tasks));
    }
    if (value instanceof Collection<?> list) {
      return list.stream().anyMatch(item -> names(item, user, tasks));
    }
    return value instanceof String text && tasks.stream().anyMatch(text::contains);
  }
}
