// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The values a pickle is working on, fenced by marks. Nothing below the last mark can be taken. */
final class PickleStack {
  private final int maxPushes;
  private final int maxNodes;
  private final List<@Nullable Object> values = new ArrayList<>();
  private int[] marks = new int[16];
  private int markCount;
  private int pushes;

  /** Twice the nodes: marks, names of classes and argument tuples pass here as well. */
  PickleStack(int maxNodes) {
    this.maxNodes = maxNodes;
    this.maxPushes = 2 * maxNodes;
  }

  void push(@Nullable Object value) {
    count();
    values.add(value);
  }

  void mark() {
    count();
    if (markCount == marks.length) {
      marks = Arrays.copyOf(marks, markCount * 2);
    }
    marks[markCount++] = values.size();
  }

  @Nullable Object pop() {
    requireAboveFence(1);
    return values.remove(values.size() - 1);
  }

  @Nullable Object top() {
    requireAboveFence(1);
    return values.get(values.size() - 1);
  }

  /** Removes the top value, or the mark if that is on top. */
  void discard() {
    if (values.size() == fence() && markCount > 0) {
      markCount--;
    } else {
      pop();
    }
  }

  /** The values above the last mark, without it. */
  List<@Nullable Object> popToMark() {
    if (markCount == 0) {
      throw PayloadRefusedException.malformed("a mark is missing");
    }
    return popFrom(marks[--markCount]);
  }

  List<@Nullable Object> pop(int count) {
    requireAboveFence(count);
    return popFrom(values.size() - count);
  }

  /** The container below what was just popped. */
  PickleNode container() {
    if (top() instanceof PickleNode node) {
      return node;
    }
    throw PayloadRefusedException.malformed("elements are added to something that takes none");
  }

  private List<@Nullable Object> popFrom(int start) {
    List<@Nullable Object> tail = values.subList(start, values.size());
    List<@Nullable Object> popped = new ArrayList<>(tail);
    tail.clear();
    return popped;
  }

  private int fence() {
    return markCount == 0 ? 0 : marks[markCount - 1];
  }

  private void requireAboveFence(int count) {
    if (values.size() - fence() < count) {
      throw PayloadRefusedException.malformed("it takes from an empty stack");
    }
  }

  private void count() {
    if (++pushes > maxPushes) {
      throw PayloadRefusedException.tooManyNodes(maxNodes);
    }
  }
}
