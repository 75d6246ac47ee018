// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** What the bombs do to a reader that takes a payload at its word. */
final class NaivePickle {
  private NaivePickle() {}

  /** Shares what the pickle shares and asks no budget. Knows N, 2, ], a, \x86 and the full stop. */
  static Object read(byte[] pickle) {
    Deque<Object> stack = new ArrayDeque<>();
    for (byte opcode : pickle) {
      switch (opcode & 0xff) {
        case 'N' -> stack.push("None");
        case '2' -> stack.push(stack.element());
        case ']' -> stack.push(new ArrayList<>());
        case 'a' -> append(stack.pop(), stack.element());
        case 0x86 -> stack.push(new ArrayList<>(Arrays.asList(stack.pop(), stack.pop())));
        default -> {}
      }
    }
    return stack.pop();
  }

  @SuppressWarnings("unchecked")
  private static void append(Object element, Object list) {
    ((List<Object>) list).add(element);
  }

  /** The size of a tree as a recursive walk finds it, up to a limit. */
  static long count(@Nullable Object value, long limit) {
    long nodes = 1;
    if (value instanceof List<?> list) {
      for (Object element : list) {
        if (nodes > limit) {
          return nodes;
        }
        nodes += count(element, limit - nodes);
      }
    }
    return nodes;
  }

  static long inflatedSize(byte[] stored) throws DataFormatException {
    Inflater inflater = new Inflater();
    inflater.setInput(stored);
    byte[] chunk = new byte[1 << 16];
    while (!inflater.finished()) {
      inflater.inflate(chunk);
    }
    long size = inflater.getBytesWritten();
    inflater.end();
    return size;
  }
}
