// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.lettuce.core.KeyValue;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The fields of a hash, each read by its type; an empty field counts as absent, as in RQ. */
final class HashFields {

  private static final Pattern NUMBERS =
      Pattern.compile("\\[\\s*(\\d{1,10}(\\s*,\\s*\\d{1,10})*)?\\s*]");

  private final Map<String, byte[]> values = new HashMap<>();
  private final List<String> broken = new ArrayList<>();

  HashFields(List<KeyValue<String, byte[]>> reply) {
    for (KeyValue<String, byte[]> field : reply) {
      if (field.hasValue() && field.getValue().length > 0) {
        values.put(field.getKey(), field.getValue());
      }
    }
  }

  /** Names of the fields that could not be read. */
  List<String> broken() {
    return List.copyOf(broken);
  }

  Optional<String> text(String field) {
    byte[] value = values.get(field);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
    } catch (CharacterCodingException e) {
      broken.add(field);
      return Optional.empty();
    }
  }

  Optional<Instant> date(String field) {
    Optional<String> text = text(field);
    try {
      return text.map(RqTime::parse);
    } catch (DateTimeParseException e) {
      broken.add(field);
      return Optional.empty();
    }
  }

  Optional<Long> number(String field, long least, long most) {
    Optional<String> text = text(field);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      long number = Long.parseLong(text.get());
      if (number >= least && number <= most) {
        return Optional.of(number);
      }
    } catch (NumberFormatException e) {
      // told below, like a number out of bounds
    }
    broken.add(field);
    return Optional.empty();
  }

  /** Seconds with or without a fraction, in at most 40 characters. */
  Optional<Duration> seconds(String field) {
    Optional<String> text = text(field);
    try {
      return text.map(
          seconds -> Duration.ofMillis(new BigDecimal(seconds).movePointRight(3).longValue()));
    } catch (NumberFormatException e) {
      broken.add(field);
      return Optional.empty();
    }
  }

  Optional<Ttl> ttl(String field) {
    return number(field, -1, Ttl.LONGEST).map(Ttl::new);
  }

  List<Long> numbers(String field) {
    Optional<String> text = text(field);
    if (text.isEmpty()) {
      return List.of();
    }
    if (!NUMBERS.matcher(text.get()).matches()) {
      broken.add(field);
      return List.of();
    }
    List<Long> numbers = new ArrayList<>();
    for (String number : text.get().replaceAll("[\\[\\]\\s]", "").split(",", -1)) {
      if (!number.isEmpty()) {
        numbers.add(Long.parseLong(number));
      }
    }
    return numbers;
  }

  boolean flag(String field) {
    return number(field, 0, 1).orElse(0L) == 1;
  }
}
