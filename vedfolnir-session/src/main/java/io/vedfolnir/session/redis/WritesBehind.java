// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes that are still under way when a verb has answered; if one fails, a later call makes it
 * good. Thread-safe.
 */
final class WritesBehind {

  private static final Logger log = LoggerFactory.getLogger(RedisSessionStore.class);

  private final Map<Object, CompletableFuture<?>> pending = new ConcurrentHashMap<>();

  /**
   * Watches over a write.
   *
   * @param what completes "could not …"; without id
   */
  void add(CompletionStage<?> write, String what) {
    Object key = new Object();
    CompletableFuture<?> logged =
        write
            .handle(
                (reply, failure) -> {
                  if (failure != null) {
                    log.warn("could not {}: {}", what, failure.getMessage());
                  }
                  return true;
                })
            .toCompletableFuture();
    pending.put(key, logged);
    logged.whenComplete((done, failure) -> pending.remove(key));
  }

  /** Waits until none is left; each has the command timeout. */
  void drain() {
    CompletableFuture.allOf(pending.values().toArray(CompletableFuture[]::new)).join();
  }
}
