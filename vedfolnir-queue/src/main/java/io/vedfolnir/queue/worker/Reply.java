// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.redis.RedisAccessException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What came back for one command of a round; read only when the round is over. */
final class Reply<T> {

  private final CompletableFuture<T> answer;

  Reply(CompletionStage<T> answer) {
    this.answer = answer.toCompletableFuture();
  }

  /** The value, null for nil; only if there is no {@linkplain #failure() failure}. */
  @Nullable T value() {
    return answer.join();
  }

  /** Why there is no value. */
  Optional<RuntimeException> failure() {
    return answer
        .handle(
            (value, failure) ->
                Optional.ofNullable(failure)
                    .map(
                        thrown ->
                            thrown instanceof RuntimeException known
                                ? known
                                : new IllegalStateException("a command failed", thrown)))
        .join();
  }

  /** Whether it may have happened all the same. */
  boolean isInDoubt() {
    return failure().filter(RedisAccessException.OutcomeUnknown.class::isInstance).isPresent();
  }

  /** Whether Redis said no for good, so that it is of no use to ask again. */
  boolean isRejected() {
    return failure()
        .filter(
            failure ->
                failure instanceof RedisAccessException.Rejected
                    || failure instanceof RedisAccessException.Unsupported)
        .isPresent();
  }
}
