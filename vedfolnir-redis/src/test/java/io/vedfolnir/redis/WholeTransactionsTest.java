// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lettuce writes only commands that are not done yet; see WholeTransactions for what follows. */
class WholeTransactionsTest {

  private final List<RedisCommand<String, byte[], ?>> recorded =
      List.of(
          new AsyncCommand<>(new Command<>(CommandType.MULTI, new StatusOutput<>(Connector.CODEC))),
          new AsyncCommand<>(
              new Command<>(
                  CommandType.INCR,
                  new IntegerOutput<>(Connector.CODEC),
                  new CommandArgs<>(Connector.CODEC).addKey("k"))),
          new AsyncCommand<>(new Command<>(CommandType.EXEC, null)));

  @Test
  void aBlockThatTimedOutBeforeItWasWrittenIsWrittenWhole() {
    List<RedisCommand<String, byte[], ?>> whole = WholeTransactions.of(recorded, Connector.CODEC);
    // The timer comes by between two of them.
    whole.get(0).completeExceptionally(new RedisCommandTimeoutException("on purpose"));
    whole.get(1).completeExceptionally(new RedisCommandTimeoutException("on purpose"));

    assertThat(written(whole))
        .isEqualTo("*1\r\n$5\r\nMULTI\r\n*2\r\n$4\r\nINCR\r\n$1\r\nk\r\n*1\r\n$4\r\nEXEC\r\n");
    assertThat(whole.get(0).isDone()).isTrue();
  }

  /** The naive twin: without MULTI the rest of the block is no transaction. */
  @Test
  void theNaiveBlockIsWrittenInPart() {
    recorded.get(0).completeExceptionally(new RedisCommandTimeoutException("on purpose"));
    assertThat(written(recorded)).startsWith("*2\r\n$4\r\nINCR");
  }

  @Test
  void theConnectionDoesNotNoticeATransaction() {
    assertThat(WholeTransactions.of(recorded, Connector.CODEC))
        .extracting(command -> command.getType().toString())
        .doesNotContain("MULTI", "EXEC");
  }

  @Test
  void commandsOutsideATransactionStayAsTheyAre() {
    RedisCommand<String, byte[], ?> watch =
        new AsyncCommand<>(
            new Command<>(
                CommandType.WATCH,
                new StatusOutput<>(Connector.CODEC),
                new CommandArgs<>(Connector.CODEC).addKey("k")));
    assertThat(WholeTransactions.of(List.of(watch), Connector.CODEC)).containsExactly(watch);
  }

  /** As Lettuce's encoder does it. */
  private static String written(List<RedisCommand<String, byte[], ?>> commands) {
    ByteBuf buffer = Unpooled.buffer();
    commands.stream().filter(command -> !command.isDone()).forEach(one -> one.encode(buffer));
    return buffer.toString(StandardCharsets.UTF_8);
  }
}
