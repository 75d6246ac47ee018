// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.util.OptionalLong;

/**
 * The name of a field of the session document, and how its value is written there.
 *
 * <p>Make one constant for each field that an application adds: {@code static final
 * AttributeKey<String> THEME = AttributeKey.text("theme")}. Keys are immutable and thread-safe. For
 * records see {@code JsonAttribute} in the package of the Redis store.
 *
 * @param <T> type of the value
 */
public interface AttributeKey<T> {

  /** Name of the field. */
  String name();

  /**
   * The value as JSON text. A store checks that it is exactly one JSON value before it writes it.
   *
   * @throws IllegalArgumentException if the value cannot be written
   */
  String encode(T value);

  /**
   * The value of JSON text; never called with {@code null}, which means that the field is absent.
   *
   * @throws SessionException.Unreadable if the text has another type
   */
  T decode(String json);

  /** A field that holds a string. */
  static AttributeKey<String> text(String name) {
    return new ScalarKey<>(
        name, JsonText::quote, json -> JsonText.text(json).orElseThrow(ScalarKey::unexpected));
  }

  /** A field that holds an integer of up to 64 bits. */
  static AttributeKey<Long> integer(String name) {
    return new ScalarKey<>(
        name,
        value -> Long.toString(value),
        json -> {
          OptionalLong value = JsonText.integer(json);
          return value.orElseThrow(ScalarKey::unexpected);
        });
  }

  /** A field that holds {@code true} or {@code false}. */
  static AttributeKey<Boolean> flag(String name) {
    return new ScalarKey<>(
        name,
        value -> Boolean.toString(value),
        json -> JsonText.flag(json).orElseThrow(ScalarKey::unexpected));
  }

  /** A field of any type, as its JSON text: exactly as it was read. */
  static AttributeKey<String> json(String name) {
    return new ScalarKey<>(name, json -> json, json -> json);
  }
}
