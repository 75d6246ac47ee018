// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RespFramerTest {

  private static List<String> messages(String stream) {
    RespFramer framer = new RespFramer();
    List<String> messages = new ArrayList<>();
    StringBuilder message = new StringBuilder();
    for (byte b : stream.getBytes(UTF_8)) {
      message.append((char) b);
      RespFramer.Step step = framer.next(b);
      if (step != RespFramer.Step.INSIDE) {
        messages.add((step == RespFramer.Step.PUSH_END ? "push " : "") + message);
        message.setLength(0);
      }
    }
    return messages;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+OK\r\n",
        "-ERR no\r\n",
        ":12\r\n",
        "$0\r\n\r\n",
        "$-1\r\n",
        "$4\r\na\r\nb\r\n",
        "*0\r\n",
        "*-1\r\n",
        "*2\r\n*1\r\n:1\r\n*0\r\n",
        "%1\r\n+a\r\n*2\r\n:1\r\n:2\r\n",
        "~1\r\n$1\r\nx\r\n",
        "=5\r\ntxt:x\r\n",
        "_\r\n",
        "#t\r\n",
        ",1.5\r\n",
        "|1\r\n+ttl\r\n:3\r\n+OK\r\n",
        "PING\r\n"
      })
  void findsTheEndOf(String message) {
    assertThat(messages(message + message)).containsExactly(message, message);
  }

  @Test
  void tellsPushesFromReplies() {
    assertThat(messages(">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n+OK\r\n"))
        .containsExactly("push >2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n", "+OK\r\n");
  }
}
