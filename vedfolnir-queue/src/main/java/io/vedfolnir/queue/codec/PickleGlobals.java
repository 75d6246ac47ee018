// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import io.vedfolnir.queue.codec.PayloadRefusedException.Reason;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The allow-list: the Python names that job arguments may hold. All of them are data. */
final class PickleGlobals {
  static final PickleGlobal OBJECT = new PickleGlobal("builtins", "object");
  static final PickleGlobal RECONSTRUCTOR = new PickleGlobal("copyreg", "_reconstructor");
  static final PickleGlobal UUID = new PickleGlobal("uuid", "UUID");

  static final PickleGlobal ZONE_INFO = new PickleGlobal("zoneinfo", "ZoneInfo");
  static final PickleGlobal ZONE_INFO_UNPICKLE = new PickleGlobal("zoneinfo", "ZoneInfo._unpickle");

  /** Only as a name, and only for ZoneInfo; see {@link PickleReader}. */
  static final PickleGlobal GETATTR = new PickleGlobal("builtins", "getattr");

  private static final Set<String> FACTORIES =
      Set.of("int", "str", "float", "bool", "list", "dict", "set", "tuple");

  private static final Set<PickleGlobal> ALLOWED = allowed();

  private PickleGlobals() {}

  static boolean isAllowed(PickleGlobal global) {
    return ALLOWED.contains(global);
  }

  /** Whether this is what a defaultdict makes its missing values with. It is dropped. */
  static boolean isFactory(@Nullable Object value) {
    return value == null
        || (value instanceof PickleGlobal global
            && global.module().equals("builtins")
            && FACTORIES.contains(global.name()));
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
    allow.accept("decimal", List.of("Decimal"));
    allow.accept("collections", List.of("OrderedDict", "defaultdict"));
    allow.accept("_codecs", List.of("encode"));
    allow.accept("builtins", List.of("set", "frozenset", "bytearray", "bytes", "complex"));
    allow.accept("builtins", List.copyOf(FACTORIES));
    all.addAll(Set.of(OBJECT, RECONSTRUCTOR, UUID, ZONE_INFO, ZONE_INFO_UNPICKLE, GETATTR));
    return Set.copyOf(all);
  }
}
