// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Finds where one Redis message ends and the next begins, in either direction, without keeping the
 * bytes. Understands RESP 2, RESP 3 and inline commands. Not thread-safe.
 */
final class RespFramer {
  /** What a byte was to the message it belongs to. */
  enum Step {
    INSIDE,
    /** The last byte of a command or a reply. */
    END,
    /** The last byte of a message that the server pushed, which answers no command. */
    PUSH_END
  }

  private final Deque<Long> open = new ArrayDeque<>();
  private final StringBuilder header = new StringBuilder();
  private long payloadLeft;
  private boolean push;

  /** Takes the next byte. */
  Step next(byte b) {
    if (payloadLeft > 0) {
      payloadLeft--;
      return payloadLeft == 0 ? valueEnded() : Step.INSIDE;
    }
    if (b != '\n') {
      if (b != '\r' && header.length() < 32) {
        header.append((char) (b & 0xff));
      }
      return Step.INSIDE;
    }
    String line = header.toString();
    header.setLength(0);
    // Redis skips an empty line between inline commands and answers nothing.
    return line.isEmpty() ? Step.INSIDE : headerEnded(line);
  }

  private Step headerEnded(String line) {
    return switch (line.charAt(0)) {
      case '$', '=', '!' -> payload(length(line));
      case '*', '~', '>' -> elements(line, length(line));
      case '%' -> elements(line, 2 * length(line));
      case '|' -> attributes(length(line));
      default -> valueEnded();
    };
  }

  private Step payload(long length) {
    if (length < 0) {
      return valueEnded();
    }
    payloadLeft = length + 2;
    return Step.INSIDE;
  }

  private Step elements(String line, long count) {
    if (open.isEmpty()) {
      push = line.charAt(0) == '>';
    }
    if (count <= 0) {
      return valueEnded();
    }
    open.push(count);
    return Step.INSIDE;
  }

  /** Attributes precede a value and do not count as one. */
  private Step attributes(long count) {
    open.push(2 * count + 1);
    return Step.INSIDE;
  }

  private Step valueEnded() {
    while (!open.isEmpty()) {
      long left = open.pop() - 1;
      if (left > 0) {
        open.push(left);
        return Step.INSIDE;
      }
    }
    Step end = push ? Step.PUSH_END : Step.END;
    push = false;
    return end;
  }

  private static long length(String line) {
    try {
      return Long.parseLong(line.substring(1));
    } catch (NumberFormatException e) {
      // Streamed lengths ("$?") are in the specification and in no server.
      return -1;
    }
  }
}
