// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A container as the opcodes left it: what it holds may be shared, may even be itself.
 *
 * <p>Only {@link PickleTree} turns it into a Java value, because only that walk is counted. Until
 * then nothing is hashed, compared or copied.
 */
final class PickleNode {

  /** What it will become. */
  enum Kind {
    LIST,
    TUPLE,
    DICT,
    SET,
    FROZENSET,
    CALL
  }

  final Kind kind;
  final @Nullable PickleGlobal callee;

  /** For a call: arguments, then state. For a dict: key, value, key, value. */
  private List<@Nullable Object> children = List.of();

  private List<@Nullable Object> items = List.of();
  private List<@Nullable Object> entries = List.of();
  private boolean built;

  boolean onPath;

  /** What a call gave, if that is a plain value: then it is made once however often it is used. */
  @Nullable Object value;

  PickleNode(Kind kind) {
    this.kind = kind;
    this.callee = null;
  }

  PickleNode(Kind kind, List<@Nullable Object> children) {
    this.kind = kind;
    this.callee = null;
    this.children = children;
  }

  private PickleNode(PickleGlobal callee, @Nullable Object arguments) {
    this.kind = Kind.CALL;
    this.callee = callee;
    this.children = new ArrayList<>(2);
    this.children.add(arguments);
    this.children.add(null);
  }

  static PickleNode call(PickleGlobal callee, @Nullable Object arguments) {
    return new PickleNode(callee, arguments);
  }

  void add(Kind target, List<@Nullable Object> more) {
    if (kind == Kind.CALL && target == Kind.DICT) {
      entries = grown(entries, more);
    } else if (kind == Kind.CALL) {
      items = grown(items, more);
    } else if (kind == target) {
      children = grown(children, more);
    } else {
      throw PayloadRefusedException.malformed("elements are added to something that takes none");
    }
  }

  void build(@Nullable Object state) {
    if (kind != Kind.CALL || built) {
      throw PayloadRefusedException.malformed("a state is set on something that takes none");
    }
    built = true;
    children.set(1, state);
  }

  boolean isBuilt() {
    return built;
  }

  int size() {
    return children.size() + items.size() + entries.size();
  }

  int itemCount() {
    return items.size();
  }

  /** For a tuple that another one extends. */
  List<@Nullable Object> copyOfChildren() {
    return new ArrayList<>(children);
  }

  @Nullable Object child(int index) {
    int rest = index;
    if (rest < children.size()) {
      return children.get(rest);
    }
    rest -= children.size();
    return rest < items.size() ? items.get(rest) : entries.get(rest - items.size());
  }

  private static List<@Nullable Object> grown(
      List<@Nullable Object> list, List<@Nullable Object> more) {
    if (list instanceof ArrayList) {
      list.addAll(more);
      return list;
    }
    return new ArrayList<>(more);
  }
}
