// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import io.vedfolnir.queue.codec.PayloadRefusedException.Reason;
import io.vedfolnir.queue.codec.PickleNode.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The walk that turns nodes into Java values.
 *
 * <p>Iterative, and over the expanded tree: a node that is referred to twice is walked, counted and
 * built twice. So what comes out is finite and small enough to be printed, compared and hashed.
 */
final class PickleTree {
  private final PayloadLimits limits;
  private final Trust trust;
  private final PickleCalls calls;
  private final Deque<Frame> path = new ArrayDeque<>();
  private int nodes;

  PickleTree(PayloadLimits limits, Trust trust) {
    this.limits = limits;
    this.trust = trust;
    this.calls = new PickleCalls(limits, trust);
  }

  @Nullable Object resolve(@Nullable Object root) {
    Object value = enter(root);
    while (!path.isEmpty()) {
      Frame frame = path.element();
      if (frame.next < frame.done.length) {
        Object child = frame.node.child(frame.next);
        boolean entered = isUnbuilt(child);
        value = enter(child);
        if (!entered) {
          frame.done[frame.next++] = value;
        }
      } else {
        value = leave(frame);
        if (!path.isEmpty()) {
          Frame parent = path.element();
          parent.done[parent.next++] = value;
        }
      }
    }
    return value;
  }

  private static boolean isUnbuilt(@Nullable Object value) {
    return value instanceof PickleNode node && node.value == null;
  }

  /** The value itself if it is one; otherwise a new frame on the path, whose value comes later. */
  private @Nullable Object enter(@Nullable Object value) {
    if (++nodes > limits.maxNodes()) {
      throw PayloadRefusedException.tooManyNodes(limits.maxNodes());
    }
    if (value instanceof PickleGlobal global) {
      return isArgument() ? global : bare(global);
    }
    if (!(value instanceof PickleNode node)) {
      return value;
    }
    if (node.value != null) {
      return node.value;
    }
    if (node.onPath) {
      throw new PayloadRefusedException(
          Reason.CYCLIC, "the payload contains itself; send data without cycles");
    }
    if (path.size() == limits.maxDepth()) {
      throw PayloadRefusedException.tooDeep(limits.maxDepth());
    }
    node.onPath = true;
    Frame parent = path.peek();
    boolean arguments = parent != null && parent.node.kind == Kind.CALL && parent.next == 0;
    path.push(new Frame(node, arguments));
    return null;
  }

  private boolean isArgument() {
    Frame parent = path.peek();
    return parent != null && parent.arguments;
  }

  private Object bare(PickleGlobal global) {
    if (trust == Trust.ARGUMENTS) {
      throw PickleGlobals.forbidden(global);
    }
    return PyOpaque.reference(global);
  }

  private Object leave(Frame frame) {
    path.pop();
    frame.node.onPath = false;
    List<@Nullable Object> done = Arrays.asList(frame.done);
    return switch (frame.node.kind) {
      case LIST -> new ArrayList<>(done);
      case TUPLE -> new PyTuple(done);
      case DICT -> PyKeys.map(done);
      case SET -> PyKeys.set(done);
      case FROZENSET -> new PyFrozenSet(PyKeys.set(done));
      case CALL -> calls.value(frame.node, done);
    };
  }

  private static final class Frame {
    final PickleNode node;
    final boolean arguments;
    final @Nullable Object[] done;
    int next;

    Frame(PickleNode node, boolean arguments) {
      this.node = node;
      this.arguments = arguments;
      this.done = new Object[node.size()];
    }
  }
}
