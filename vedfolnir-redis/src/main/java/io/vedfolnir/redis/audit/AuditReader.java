// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.vedfolnir.redis.RedisAccess;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Reads the stream of the trail. */
final class AuditReader {

  private static final int PAGE = 500;

  private final RedisAccess redis;
  private final String key;

  AuditReader(RedisAccess redis, String key) {
    this.redis = redis;
    this.key = key;
  }

  /** What is there from that number on. */
  CompletionStage<List<StreamMessage<String, byte[]>>> range(long from, int atMost) {
    return page(from + "-0", atMost);
  }

  /** Shows every message, in order. Blocks. */
  void forEach(Consumer<StreamMessage<String, byte[]>> look) {
    String next = "-";
    List<StreamMessage<String, byte[]>> page;
    do {
      page = RedisAccess.await(page(next, PAGE));
      page.forEach(look);
      if (!page.isEmpty()) {
        next = "(" + page.get(page.size() - 1).getId();
      }
    } while (page.size() == PAGE);
  }

  private CompletionStage<List<StreamMessage<String, byte[]>>> page(String from, int atMost) {
    return redis.read(
        commands -> commands.xrange(key, Range.create(from, "+"), Limit.from(atMost)));
  }

  /** Where the trail ends; {@link AuditTrail.Tail#EMPTY} if there is none. */
  CompletionStage<AuditTrail.Tail> tail() {
    return redis
        .readTogether(
            commands ->
                commands
                    .xinfoStream(key)
                    .thenCombine(
                        commands.xrevrange(key, Range.create("-", "+"), Limit.from(1)),
                        AuditReader::tail))
        .exceptionallyCompose(AuditReader::absent);
  }

  private static AuditTrail.Tail tail(
      List<Object> info, List<StreamMessage<String, byte[]>> newest) {
    String hash =
        newest.stream()
            .flatMap(message -> AuditEntry.read(message).stream())
            .map(AuditEntry::hash)
            .findFirst()
            .orElse(AuditEntry.BEGINNING);
    // Also above an id that is none of ours, so that a foreign entry stops nobody.
    String highest = lastGeneratedId(info).split("-", 2)[0];
    return new AuditTrail.Tail(Long.parseLong(highest), hash);
  }

  /** The reply is a list in which names and values alternate. */
  private static String lastGeneratedId(List<Object> info) {
    for (int i = 0; i + 1 < info.size(); i += 2) {
      if (text(info.get(i)).equals("last-generated-id")) {
        return text(info.get(i + 1));
      }
    }
    throw new IllegalStateException("XINFO STREAM names no last-generated-id");
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes ? new String(bytes, US_ASCII) : value.toString();
  }

  /** XINFO fails if there is no stream yet. */
  private static CompletionStage<AuditTrail.Tail> absent(Throwable failure) {
    return AuditTrail.isPlainError(AuditTrail.unwrap(failure))
        ? CompletableFuture.completedFuture(AuditTrail.Tail.EMPTY)
        : CompletableFuture.failedFuture(AuditTrail.unwrap(failure));
  }
}
