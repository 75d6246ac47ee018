// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * An optimistic transaction: watch keys, read, decide, write unless somebody else wrote meanwhile.
 *
 * <p>{@code WATCH} and the reads are one round trip, {@code MULTI … EXEC} the second. When another
 * client changed a watched key in between, read and decision run again after a short random pause.
 * No script is used.
 *
 * @param keys the keys to watch, at least one
 * @param read sends the reads; runs right behind WATCH in the same write
 * @param decide decides on what was read. It may run several times and must not block for long; it
 *     runs on the executor of {@link RedisAccess}, never on a network thread
 * @param maxTries how often to try before {@link WatchConflictException}; 1 to 1,000
 * @param <R> what was read
 * @param <T> result
 */
public record WatchedTransaction<R, T>(
    List<String> keys,
    Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<R>> read,
    Function<R, Decision<T>> decide,
    int maxTries) {

  /** Checks the bounds. */
  public WatchedTransaction {
    keys = List.copyOf(keys);
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("a watched transaction watches at least one key");
    }
    if (maxTries < 1 || maxTries > 1_000) {
      throw new IllegalArgumentException("maxTries must be between 1 and 1000");
    }
  }
}
