// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.output.MultiOutput;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.CommandWrapper;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.protocol.TransactionalCommand;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that {@code MULTI … EXEC} reaches the server whole or not at all.
 *
 * <p>Two habits of Lettuce stand against it. It leaves out commands that have timed out before they
 * were written: the rest of the block then runs without MULTI, or the server is left inside a MULTI
 * that the next block runs into. And a MULTI that fails resets what the connection knows of its
 * open transaction, which by then may be another one's. So the commands of a block are written even
 * if nobody waits for them any more, and the connection is not told that they are a transaction:
 * the replies to EXEC are handed out here.
 */
final class WholeTransactions {

  private WholeTransactions() {}

  /** The commands as they are to be written. */
  static List<RedisCommand<String, byte[], ?>> of(
      List<RedisCommand<String, byte[], ?>> recorded, RedisCodec<String, byte[]> codec) {
    List<RedisCommand<String, byte[], ?>> whole = new ArrayList<>(recorded.size());
    MultiOutput<String, byte[]> replies = null;
    for (RedisCommand<String, byte[], ?> command : recorded) {
      if (command.getType() == CommandType.MULTI) {
        replies = new MultiOutput<>(codec);
        whole.add(new Bracket<>(command));
      } else if (replies == null) {
        whole.add(command);
      } else if (command.getType() == CommandType.EXEC) {
        answerWith(command, replies);
        replies = null;
        whole.add(new Bracket<>(command));
      } else {
        RedisCommand<String, byte[], ?> inside = new Inside<>(command);
        replies.add(inside);
        whole.add(inside);
      }
    }
    return whole;
  }

  @SuppressWarnings("unchecked")
  private static void answerWith(
      RedisCommand<String, byte[], ?> exec, MultiOutput<String, byte[]> replies) {
    ((RedisCommand<String, byte[], TransactionResult>) exec).setOutput(replies);
  }

  /** MULTI or EXEC, under a name that the connection takes no note of. */
  private static final class Bracket<K, V, T> extends CommandWrapper<K, V, T> {

    private final ProtocolKeyword type;
    private volatile boolean written;

    Bracket(RedisCommand<K, V, T> command) {
      super(command);
      this.type = new Unnoticed(command.getType());
    }

    @Override
    public ProtocolKeyword getType() {
      return type;
    }

    @Override
    public void encode(ByteBuf buffer) {
      written = true;
      super.encode(buffer);
    }

    @Override
    public boolean isDone() {
      return written && super.isDone();
    }
  }

  /** A command between MULTI and EXEC: answered first with QUEUED, then by EXEC. */
  private static final class Inside<K, V, T> extends TransactionalCommand<K, V, T> {

    private volatile boolean written;

    Inside(RedisCommand<K, V, T> command) {
      super(command);
    }

    @Override
    public void encode(ByteBuf buffer) {
      written = true;
      super.encode(buffer);
    }

    @Override
    public boolean isDone() {
      return written && super.isDone();
    }

    /** What times out is EXEC; a reply to it that is just in time has no holes. */
    @Override
    public boolean completeExceptionally(@Nullable Throwable failure) {
      return !(failure instanceof RedisCommandTimeoutException)
          && super.completeExceptionally(failure);
    }
  }

  private record Unnoticed(ProtocolKeyword keyword) implements ProtocolKeyword {

    @Override
    public byte[] getBytes() {
      return keyword.getBytes();
    }

    @Override
    public String toString() {
      return "transaction " + keyword;
    }
  }
}
