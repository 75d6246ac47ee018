// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import io.vedfolnir.queue.codec.PayloadRefusedException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a pickle would call, done by hand for the allow-list and left as data for the rest. */
final class PickleCalls {
  /** No conversion: an argument type, count or range that the Java twin does not have. */
  private static final Object UNSUPPORTED = new Object();

  private final PayloadLimits limits;
  private final Trust trust;
  private long producedBytes;

  PickleCalls(PayloadLimits limits, Trust trust) {
    this.limits = limits;
    this.trust = trust;
  }

  /** The value of a call whose parts (arguments, state, items, entries) are values already. */
  Object value(PickleNode node, List<@Nullable Object> parts) {
    PickleGlobal callee = Objects.requireNonNull(node.callee);
    int entriesFrom = 2 + node.itemCount();
    Call call =
        new Call(
            ((PyTuple) Objects.requireNonNull(parts.get(0))).items(),
            parts.get(1),
            node.isBuilt(),
            parts.subList(2, entriesFrom),
            parts.subList(entriesFrom, parts.size()));
    Object value = PickleGlobals.isAllowed(callee) ? convert(callee, call) : UNSUPPORTED;
    if (value == UNSUPPORTED) {
      return opaque(callee, call);
    }
    boolean container =
        value instanceof Collection || value instanceof Map || value instanceof PyFrozenSet;
    if (!container) {
      node.value = value;
    }
    return value;
  }

  private Object convert(PickleGlobal callee, Call call) {
    if (callee.module().equals("collections")) {
      return dict(callee, call);
    }
    if (!call.items.isEmpty() || !call.entries.isEmpty()) {
      return UNSUPPORTED;
    }
    if (callee.equals(PickleGlobals.UUID) || callee.equals(PickleGlobals.RECONSTRUCTOR)) {
      return orUnsupported(PickleTypes.uuid(callee, call.arguments, call.state));
    }
    if (call.built) {
      return UNSUPPORTED;
    }
    return switch (callee.module()) {
      case "datetime", "zoneinfo" -> orUnsupported(PickleTimes.value(callee, call.arguments));
      case "decimal" -> decimal(call.arguments);
      case "_codecs" -> latin1(call.arguments);
      default -> builtin(callee.name(), call.arguments);
    };
  }

  /** The pairs come as entries afterwards; only a defaultdict has an argument, its factory. */
  private static Object dict(PickleGlobal callee, Call call) {
    boolean plain = call.arguments.isEmpty();
    boolean withFactory =
        callee.name().equals("defaultdict")
            && call.arguments.size() == 1
            && PickleGlobals.isFactory(call.arguments.get(0));
    return (plain || withFactory) && !call.built && call.items.isEmpty()
        ? PyKeys.map(call.entries)
        : UNSUPPORTED;
  }

  private Object decimal(List<@Nullable Object> arguments) {
    if (arguments.size() == 1 && arguments.get(0) instanceof String text) {
      produce(text.length());
      return orUnsupported(PickleTypes.decimal(text, limits));
    }
    return UNSUPPORTED;
  }

  /** Protocols 0 to 2 write bytes as text that is to be encoded as Latin-1, and as nothing else. */
  private Object latin1(List<@Nullable Object> arguments) {
    if (arguments.size() != 2
        || !(arguments.get(0) instanceof String text)
        || !"latin1".equals(arguments.get(1))) {
      return UNSUPPORTED;
    }
    produce(text.length());
    if (!text.chars().allMatch(c -> c < 0x100)) {
      throw PayloadRefusedException.malformed("bytes written as text are not Latin-1");
    }
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private Object builtin(String name, List<@Nullable Object> arguments) {
    if (arguments.isEmpty()) {
      return switch (name) {
        case "bytes", "bytearray" -> new byte[0];
        case "set" -> PyKeys.set(List.of());
        case "frozenset" -> new PyFrozenSet(List.of());
        default -> UNSUPPORTED;
      };
    }
    Object first = arguments.get(0);
    if (arguments.size() == 1 && first instanceof List<?> elements) {
      return switch (name) {
        case "set" -> PyKeys.set(new ArrayList<>(elements));
        case "frozenset" -> new PyFrozenSet(PyKeys.set(new ArrayList<>(elements)));
        default -> UNSUPPORTED;
      };
    }
    if (name.equals("bytearray") && arguments.size() == 1 && first instanceof byte[]) {
      return first;
    }
    if (name.equals("bytearray") && arguments.size() == 2) {
      return latin1(List.of(Objects.requireNonNullElse(first, ""), latin1Name(arguments.get(1))));
    }
    if (name.equals("complex")
        && arguments.size() == 2
        && first instanceof Double real
        && arguments.get(1) instanceof Double imaginary) {
      return new PyComplex(real, imaginary);
    }
    return UNSUPPORTED;
  }

  // bytearray(text, "latin-1") is the one place where a Python 2 pickler spells it with a hyphen.
  private static Object latin1Name(@Nullable Object encoding) {
    return "latin-1".equals(encoding) ? "latin1" : Objects.requireNonNullElse(encoding, "");
  }

  private Object opaque(PickleGlobal callee, Call call) {
    if (trust == Trust.ARGUMENTS) {
      throw new PayloadRefusedException(
          Reason.UNSUPPORTED_VALUE,
          "the arguments hold a "
              + callee.shown()
              + " that Java cannot hold; enqueue it as text or number");
    }
    List<@Nullable Object> arguments = new ArrayList<>();
    for (Object argument : call.arguments) {
      arguments.add(argument instanceof PickleGlobal bare ? PyOpaque.reference(bare) : argument);
    }
    return new PyOpaque(
        callee.module(),
        callee.name(),
        arguments,
        call.state,
        new ArrayList<>(call.items),
        call.entries.isEmpty() ? new LinkedHashMap<>() : PyKeys.map(call.entries));
  }

  /** A few bytes of pickle can ask for the same long text to be converted again and again. */
  private void produce(int bytes) {
    producedBytes += bytes;
    if (producedBytes > limits.maxInflated()) {
      throw PayloadRefusedException.inflatedTooLarge(limits.maxInflated());
    }
  }

  private static Object orUnsupported(@Nullable Object value) {
    return value == null ? UNSUPPORTED : value;
  }

  private record Call(
      List<@Nullable Object> arguments,
      @Nullable Object state,
      boolean built,
      List<@Nullable Object> items,
      List<@Nullable Object> entries) {}
}
