// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The replies to the commands of one {@code MULTI … EXEC}, in their order.
 *
 * <p>Redis does not roll back: when one command failed, the others have still happened.
 */
public final class TransactionReply {

  private final List<@Nullable Object> replies;

  TransactionReply(List<@Nullable Object> replies) {
    this.replies = replies;
  }

  /** How many commands were answered. */
  public int size() {
    return replies.size();
  }

  /**
   * The reply to one command, in the type that Lettuce gives that command; empty for a nil reply.
   *
   * @param index place of the command, from 0
   * @throws RedisAccessException if that command failed
   */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <T> Optional<T> find(int index) {
    Object reply = replies.get(index);
    if (reply instanceof Throwable failure) {
      throw Failures.ofReply(failure);
    }
    return Optional.ofNullable((T) reply);
  }

  /**
   * An integer reply, such as a count.
   *
   * @throws RedisAccessException if that command failed
   */
  public long number(int index) {
    Object reply = this.<Object>find(index).orElse(0L);
    if (reply instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    return ((Number) reply).longValue();
  }

  /** Why that command failed, if it did. */
  public Optional<RedisAccessException> error(int index) {
    return replies.get(index) instanceof Throwable failure
        ? Optional.of(Failures.ofReply(failure))
        : Optional.empty();
  }

  /** Throws the first failure among the replies, if there is one. */
  public TransactionReply orThrow() {
    for (int i = 0; i < replies.size(); i++) {
      if (replies.get(i) instanceof Throwable failure) {
        throw Failures.ofReply(failure);
      }
    }
    return this;
  }
}
