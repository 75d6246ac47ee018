// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import io.vedfolnir.queue.codec.PayloadRefusedException.Reason;
import io.vedfolnir.queue.codec.PickleNode.Kind;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The opcodes of protocols 0 to 5 that write data.
 *
 * <p>They only arrange nodes on a stack; a class is a name ({@link PickleGlobal}), a call is a
 * node. What the nodes mean is decided afterwards by {@link PickleTree}, under its budgets.
 */
final class PickleReader {
  private static final int NEWEST_PROTOCOL = 5;

  private final PickleInput in;
  private final PayloadLimits limits;
  private final Trust trust;
  private final PickleStack stack;
  private final PickleMemo memo;

  PickleReader(byte[] pickle, PayloadLimits limits, Trust trust) {
    this.in = new PickleInput(pickle);
    this.limits = limits;
    this.trust = trust;
    this.stack = new PickleStack(limits.maxNodes());
    this.memo = new PickleMemo(limits.maxNodes());
  }

  @Nullable Object read() {
    int opcode = in.unsignedByte();
    while (opcode != '.') {
      if (!number(opcode) && !text(opcode) && !container(opcode) && !memory(opcode)) {
        object(opcode);
      }
      opcode = in.unsignedByte();
    }
    return new PickleTree(limits, trust).resolve(stack.pop());
  }

  private boolean number(int opcode) {
    switch (opcode) {
      case 'N' -> stack.push(null);
      case 0x88 -> stack.push(true);
      case 0x89 -> stack.push(false);
      case 'K' -> stack.push((long) in.unsignedByte());
      case 'M' -> stack.push((long) in.unsignedShort());
      case 'J' -> stack.push((long) in.signedInt());
      case 'G' -> stack.push(in.bigEndianDouble());
      case 0x8a -> stack.push(integer(in.unsignedByte()));
      case 0x8b -> stack.push(integer(in.signedInt()));
      case 'I' -> stack.push(PickleNumbers.intLine(in.line(), limits));
      case 'L' -> stack.push(PickleNumbers.longLine(in.line(), limits));
      case 'F' -> stack.push(PickleNumbers.floatLine(in.line(), limits));
      default -> {
        return false;
      }
    }
    return true;
  }

  private Object integer(int length) {
    if (length > limits.maxBits() / 8 + 1) {
      throw PayloadRefusedException.tooManyDigits(limits.maxDigits());
    }
    BigInteger value = in.integer(length);
    return PickleNumbers.narrowed(value);
  }

  private boolean text(int opcode) {
    switch (opcode) {
      case 'X' -> stack.push(in.utf8(in.unsignedInt()));
      case 0x8c -> stack.push(in.utf8(in.unsignedByte()));
      case 0x8d -> stack.push(in.utf8(in.longLength()));
      case 'V' -> stack.push(PythonText.fromRawUnicodeEscape(in.line()));
      case 'S' -> stack.push(PythonText.fromQuoted(in.line()));
      case 'T' -> stack.push(in.ascii(in.signedInt()));
      case 'U' -> stack.push(in.ascii(in.unsignedByte()));
      case 'B' -> stack.push(in.take(in.unsignedInt()));
      case 'C' -> stack.push(in.take(in.unsignedByte()));
      case 0x8e, 0x96 -> stack.push(in.take(in.longLength()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean container(int opcode) {
    switch (opcode) {
      case '(' -> stack.mark();
      case ')' -> stack.push(new PickleNode(Kind.TUPLE));
      case ']' -> stack.push(new PickleNode(Kind.LIST));
      case '}' -> stack.push(new PickleNode(Kind.DICT));
      case 0x8f -> stack.push(new PickleNode(Kind.SET));
      case 't' -> stack.push(new PickleNode(Kind.TUPLE, stack.popToMark()));
      case 0x85, 0x86, 0x87 -> stack.push(new PickleNode(Kind.TUPLE, stack.pop(opcode - 0x84)));
      case 'l' -> stack.push(new PickleNode(Kind.LIST, stack.popToMark()));
      case 'd' -> stack.push(new PickleNode(Kind.DICT, pairs(stack.popToMark())));
      case 0x91 -> stack.push(new PickleNode(Kind.FROZENSET, stack.popToMark()));
      case 'a' -> add(Kind.LIST, stack.pop(1));
      case 'e' -> add(Kind.LIST, stack.popToMark());
      case 's' -> add(Kind.DICT, stack.pop(2));
      case 'u' -> add(Kind.DICT, pairs(stack.popToMark()));
      case 0x90 -> add(Kind.SET, stack.popToMark());
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean memory(int opcode) {
    switch (opcode) {
      case 'p' -> memo.put(PickleNumbers.memoLine(in.line()), stack.top());
      case 'q' -> memo.put(in.unsignedByte(), stack.top());
      case 'r' -> memo.put(in.unsignedInt(), stack.top());
      case 0x94 -> memo.append(stack.top());
      case 'g' -> stack.push(memo.get(PickleNumbers.memoLine(in.line())));
      case 'h' -> stack.push(memo.get(in.unsignedByte()));
      case 'j' -> stack.push(memo.get(in.unsignedInt()));
      case '0' -> stack.discard();
      case '1' -> stack.popToMark();
      case '2' -> stack.push(stack.top());
      default -> {
        return false;
      }
    }
    return true;
  }

  private void object(int opcode) {
    switch (opcode) {
      case 0x80 -> protocol(in.unsignedByte());
      case 0x95 -> in.requireAvailable(in.longLength());
      case 'c' -> stack.push(global(in.line(), in.line()));
      case 0x93 -> stackGlobal();
      case 'R', 0x81 -> call();
      case 0x92 -> callWithKeywords();
      case 'b' -> build();
      default -> throw forbidden(opcode);
    }
  }

  private static void protocol(int version) {
    if (version > NEWEST_PROTOCOL) {
      throw new PayloadRefusedException(
          Reason.FORBIDDEN_OPCODE,
          "pickle protocol " + version + " is newer than 5; enqueue with protocol 5 or lower");
    }
  }

  private void stackGlobal() {
    List<@Nullable Object> names = stack.pop(2);
    if (names.get(0) instanceof String module && names.get(1) instanceof String name) {
      stack.push(global(module, name));
    } else {
      throw PayloadRefusedException.malformed("a class name is not text");
    }
  }

  private PickleGlobal global(String module, String name) {
    PickleGlobal global = PickleGlobal.of(module, name);
    if (trust == Trust.ARGUMENTS && !PickleGlobals.isAllowed(global)) {
      throw PickleGlobals.forbidden(global);
    }
    return global;
  }

  private void call() {
    List<@Nullable Object> parts = stack.pop(2);
    PickleGlobal callee = callee(parts.get(0));
    PickleNode arguments = arguments(parts.get(1));
    boolean attribute = callee.equals(PickleGlobals.GETATTR);
    stack.push(attribute ? attribute(arguments) : PickleNode.call(callee, arguments));
  }

  /** CPython spells the method that restores a ZoneInfo as getattr(ZoneInfo, "_unpickle"). */
  private Object attribute(PickleNode arguments) {
    if (arguments.size() == 2
        && PickleGlobals.ZONE_INFO.equals(arguments.child(0))
        && "_unpickle".equals(arguments.child(1))) {
      return PickleGlobals.ZONE_INFO_UNPICKLE;
    }
    if (trust == Trust.ARGUMENTS) {
      throw PickleGlobals.forbidden(PickleGlobals.GETATTR);
    }
    return PickleNode.call(PickleGlobals.GETATTR, arguments);
  }

  private void callWithKeywords() {
    List<@Nullable Object> parts = stack.pop(3);
    PickleNode arguments = arguments(parts.get(1));
    PickleNode extended = new PickleNode(Kind.TUPLE, arguments.copyOfChildren());
    if (!(parts.get(2) instanceof PickleNode keywords) || keywords.kind != Kind.DICT) {
      throw PayloadRefusedException.malformed("keyword arguments are not a dict");
    }
    if (keywords.size() > 0) {
      extended.add(Kind.TUPLE, List.of(keywords));
    }
    stack.push(PickleNode.call(callee(parts.get(0)), extended));
  }

  private void build() {
    Object state = stack.pop();
    stack.container().build(state);
  }

  private static PickleGlobal callee(@Nullable Object value) {
    if (value instanceof PickleGlobal global) {
      return global;
    }
    throw PayloadRefusedException.malformed("it calls what is neither class nor function");
  }

  private static PickleNode arguments(@Nullable Object value) {
    if (value instanceof PickleNode node && node.kind == Kind.TUPLE) {
      return node;
    }
    throw PayloadRefusedException.malformed("arguments of a call are not a tuple");
  }

  private void add(Kind target, List<@Nullable Object> more) {
    stack.container().add(target, more);
  }

  private static List<@Nullable Object> pairs(List<@Nullable Object> flat) {
    if (flat.size() % 2 != 0) {
      throw PayloadRefusedException.malformed("a dict key has no value");
    }
    return flat;
  }

  private static PayloadRefusedException forbidden(int opcode) {
    return new PayloadRefusedException(
        Reason.FORBIDDEN_OPCODE,
        String.format(
            "pickle opcode 0x%02x is not data; enqueue plain values with pickle's own protocols",
            opcode));
  }
}
