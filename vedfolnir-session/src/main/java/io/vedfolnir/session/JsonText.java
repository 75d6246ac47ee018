// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Scalars to and from their JSON text; text of another type decodes to empty. */
final class JsonText {

  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,19}");

  private JsonText() {}

  /** As Python's {@code json.dumps} writes it: ASCII only, each other UTF-16 unit escaped. */
  static String quote(String value) {
    StringBuilder json = new StringBuilder(value.length() + 2).append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        default -> {
          if (c >= ' ' && c < 0x7f) {
            json.append(c);
          } else {
            appendEscaped(json, c);
          }
        }
      }
    }
    return json.append('"').toString();
  }

  private static void appendEscaped(StringBuilder json, char c) {
    json.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      json.append(Character.forDigit((c >> shift) & 0xf, 16));
    }
  }

  static Optional<String> text(String json) {
    int last = json.length() - 1;
    if (last < 1 || json.charAt(0) != '"' || json.charAt(last) != '"') {
      return Optional.empty();
    }
    if (json.indexOf('\\') < 0) {
      return Optional.of(json.substring(1, last));
    }
    StringBuilder value = new StringBuilder(last);
    for (int i = 1; i < last; i++) {
      char c = json.charAt(i);
      if (c != '\\') {
        value.append(c);
        continue;
      }
      char kind = json.charAt(++i);
      if (kind == 'u') {
        int unit = i + 4 < last ? unit(json, i + 1) : -1;
        if (unit < 0) {
          return Optional.empty();
        }
        value.append((char) unit);
        i += 4;
      } else {
        value.append(unescaped(kind));
      }
    }
    return Optional.of(value.toString());
  }

  private static int unit(String json, int start) {
    int unit = 0;
    for (int i = start; i < start + 4; i++) {
      int digit = Character.digit(json.charAt(i), 16);
      if (digit < 0) {
        return -1;
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }

  private static char unescaped(char kind) {
    return switch (kind) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'f' -> '\f';
      default -> kind;
    };
  }

  static OptionalLong integer(String json) {
    if (!INTEGER.matcher(json).matches()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(json));
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // 19 digits can be too many for a long
    }
  }

  /** An integer, or a text that holds one, as Flask-Login writes it. */
  static OptionalLong integerOrText(String json) {
    return integer(text(json).orElse(json));
  }

  static Optional<Boolean> flag(String json) {
    return switch (json) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }
}
