// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The expected value of a vector in the words of {@link TypedValue}. */
final class VectorValue {
  private VectorValue() {}

  static String of(JsonNode node) {
    String type = node.get("t").asString();
    JsonNode v = node.get("v");
    return switch (type) {
      case "none" -> "none";
      case "bool" -> "bool:" + v.asBoolean();
      case "int" -> "int:" + v.asString();
      case "float" -> "float:" + (v.asString().equals("nan") ? "nan" : node.get("bits").asString());
      case "str" -> TypedValue.of(v == null ? utf16(node.get("utf16")) : v.asString());
      // A Java byte[] is as mutable as Python's bytearray; the two are one.
      case "bytes", "bytearray" -> "bytes:" + node.get("hex").asString();
      case "list", "tuple" -> type + "[" + elements(v).collect(Collectors.joining(",")) + "]";
      case "set", "frozenset" ->
          type + "[" + elements(v).sorted().collect(Collectors.joining(",")) + "]";
      case "dict" ->
          "dict["
              + v.valueStream()
                  .map(pair -> of(pair.get(0)) + "=" + of(pair.get(1)))
                  .collect(Collectors.joining(","))
              + "]";
      case "uuid", "decimal" -> type + ":" + v.asString();
      case "complex" ->
          TypedValue.of(
              new PyComplex(
                  Double.parseDouble(node.get("re").asString()),
                  Double.parseDouble(node.get("im").asString())));
      case "object" -> object(node);
      default -> time(type, node);
    };
  }

  private static String time(String type, JsonNode node) {
    if (type.equals("timedelta")) {
      long seconds = node.get("days").asLong() * 86_400 + node.get("seconds").asLong();
      return "timedelta:" + seconds + "," + node.get("us").asLong();
    }
    String iso = node.get("iso").asString();
    return TypedValue.of(
        switch (type) {
          case "date" -> LocalDate.parse(iso);
          case "time" -> LocalTime.parse(iso);
          // Its fold is not looked at: LocalDateTime has none.
          default ->
              iso.matches(".*[+-]\\d\\d:\\d\\d") && iso.length() > 19
                  ? OffsetDateTime.parse(iso)
                  : LocalDateTime.parse(iso);
        });
  }

  /** The two dicts of collections are maps in Java; the vectors hold their repr only. */
  private static String object(JsonNode node) {
    String repr = node.get("repr").asString();
    return switch (repr) {
      case "OrderedDict([('b', 1), ('a', 2)])" -> "dict[str:0062=int:1,str:0061=int:2]";
      case "defaultdict(<class 'int'>, {'x': 1})" -> "dict[str:0078=int:1]";
      default -> "object:" + node.get("class").asString();
    };
  }

  private static Stream<String> elements(JsonNode array) {
    return array.valueStream().map(VectorValue::of);
  }

  private static String utf16(JsonNode units) {
    return units
        .valueStream()
        .map(unit -> String.valueOf((char) unit.asInt()))
        .collect(Collectors.joining());
  }
}
