// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** JSON texts that a seed makes: every kind of value, in odd spellings. */
final class RandomDocuments {

  private static final String[] NUMBERS = {
    "0",
    "-0",
    "1",
    "-17",
    "9007199254740993",
    "18446744073709551616",
    "-1e400",
    "1e400",
    "0.10",
    "1.0",
    "1E+2",
    "NaN",
    "Infinity",
    "-Infinity",
    "1234567890123456789012345678901234567890.50"
  };
  private static final String[] CHARS = {
    "a", "Z", " ", "é", "€", "😀", "\\\"", "\\\\", "\\/", "\\n", "\\u0000", "\\ud83d", "\\udE00",
    "\\u00e9", "\u007f", "\u2028", "{", "}", "[", "]", ",", ":", "'"
  };
  private static final String[] BLANKS = {"", "", " ", "\n", "\t ", "\r\n"};

  private final Random random;

  RandomDocuments(long seed) {
    this.random = new Random(seed);
  }

  /** Names without escapes, each with the JSON text of its value. */
  Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    int count = random.nextInt(12);
    for (int i = 0; i < count; i++) {
      fields.put("f" + random.nextInt(1_000) + "é😀".substring(0, random.nextInt(2)), value(4));
    }
    return fields;
  }

  /** The same as one text, with blanks wherever they may be. */
  String document(Map<String, String> fields) {
    List<String> parts = new ArrayList<>();
    fields.forEach(
        (name, value) ->
            parts.add(blank() + '"' + name + '"' + blank() + ':' + blank() + value + blank()));
    return blank() + '{' + blank() + String.join(",", parts) + '}' + blank();
  }

  private String value(int depth) {
    return switch (random.nextInt(depth == 0 ? 4 : 6)) {
      case 0 -> NUMBERS[random.nextInt(NUMBERS.length)];
      case 1 -> text();
      case 2 -> random.nextBoolean() ? "true" : "false";
      case 3 -> "null";
      case 4 -> list(depth);
      default -> object(depth);
    };
  }

  private String text() {
    StringBuilder text = new StringBuilder("\"");
    int length = random.nextInt(10);
    for (int i = 0; i < length; i++) {
      text.append(CHARS[random.nextInt(CHARS.length)]);
    }
    return text.append('"').toString();
  }

  private String name() {
    String name = text();
    return name.matches("(?s).*\\\\u[dD].*") ? "\"a name\"" : name;
  }

  private String list(int depth) {
    List<String> items = new ArrayList<>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      items.add(blank() + value(depth - 1) + blank());
    }
    return '[' + blank() + String.join(",", items) + ']';
  }

  private String object(int depth) {
    List<String> items = new ArrayList<>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      items.add(blank() + name() + blank() + ":" + blank() + value(depth - 1) + blank());
    }
    return '{' + blank() + String.join(",", items) + '}';
  }

  private String blank() {
    return BLANKS[random.nextInt(BLANKS.length)];
  }
}
