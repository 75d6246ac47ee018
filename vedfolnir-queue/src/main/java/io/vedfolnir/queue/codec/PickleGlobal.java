// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.util.Map;

/** A Python class or function by name: inert, nothing stands behind it. */
record PickleGlobal(String module, String name) {
  private static final int LONGEST_SHOWN = 80;

  private static final Map<String, String> PYTHON_2_MODULES =
      Map.of("__builtin__", "builtins", "copy_reg", "copyreg");
  private static final Map<String, String> PYTHON_2_BUILTINS =
      Map.of("long", "int", "unicode", "str", "xrange", "range");

  /** The global under its Python 3 name. Protocols 0 to 2 write the names of Python 2. */
  static PickleGlobal of(String module, String name) {
    if (module.equals("__builtin__")) {
      return new PickleGlobal("builtins", PYTHON_2_BUILTINS.getOrDefault(name, name));
    }
    return new PickleGlobal(PYTHON_2_MODULES.getOrDefault(module, module), name);
  }

  /** The dotted name, fit for a message: printable ASCII, bounded. */
  String shown() {
    String dotted = module + "." + name;
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < dotted.length() && i < LONGEST_SHOWN; i++) {
      char c = dotted.charAt(i);
      shown.append(c > ' ' && c < 0x7f ? c : '?');
    }
    return dotted.length() > LONGEST_SHOWN ? shown + "..." : shown.toString();
  }
}
