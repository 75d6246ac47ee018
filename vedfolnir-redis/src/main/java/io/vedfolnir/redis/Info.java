// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import java.util.HashMap;
import java.util.Map;

/** The reply to INFO as names and values. */
final class Info {

  private Info() {}

  static Map<String, String> parse(String reply) {
    Map<String, String> values = new HashMap<>();
    for (String line : reply.lines().toList()) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.charAt(0) != '#') {
        values.put(line.substring(0, colon), line.substring(colon + 1));
      }
    }
    return values;
  }

  static long number(Map<String, String> values, String name) {
    try {
      return Long.parseLong(values.getOrDefault(name, "0"));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
