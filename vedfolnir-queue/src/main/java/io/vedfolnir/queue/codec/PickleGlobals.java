// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import io.vedfolnir.queue.codec.PayloadRefusedException.Reason;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** The allow-list: the Python names that job arguments may hold. All of them are data. */
final class PickleGlobals {
  static final PickleGlobal OBJECT = new PickleGlobal("builtins", "object");
  static final PickleGlobal RECONSTRUCTOR = new PickleGlobal("copyreg", "_reconstructor");
  static final PickleGlobal UUID = new PickleGlobal("uuid", "UUID");

  private static final Set<PickleGlobal> ALLOWED = allowed();

  private PickleGlobals() {}

  static boolean isAllowed(PickleGlobal global) {
    return ALLOWED.contains(global);
  }

  static PayloadRefusedException forbidden(PickleGlobal global) {
    return new PayloadRefusedException(
        Reason.FORBIDDEN_GLOBAL,
        "the arguments hold "
            + global.shown()
            + ", which is not plain data; enqueue its fields as dict, list, str or number");
  }

  private static Set<PickleGlobal> allowed() {
    Set<PickleGlobal> all = new HashSet<>();
    BiConsumer<String, List<String>> allow =
        (module, names) -> names.forEach(name -> all.add(new PickleGlobal(module, name)));
    allow.accept("datetime", List.of("datetime", "date", "time", "timedelta", "timezone"));
    allow.accept("zoneinfo", List.of("ZoneInfo", "ZoneInfo._unpickle"));
    allow.accept("decimal", List.of("Decimal"));
    allow.accept("collections", List.of("OrderedDict", "defaultdict"));
    allow.accept("_codecs", List.of("encode"));
    allow.accept("builtins", List.of("set", "frozenset", "bytearray", "bytes", "complex"));
    // Never called: the factory of a defaultdict, and what protocol 0 builds a UUID from.
    allow.accept("builtins", List.of("int", "str", "float", "bool", "list", "dict", "tuple"));
    all.add(OBJECT);
    all.add(RECONSTRUCTOR);
    all.add(UUID);
    return Set.copyOf(all);
  }
}
