// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Random values of every type that a job can carry. */
final class RandomValues {
  private static final String[] ALPHABETS = {
    "abcxyz_.",
    "a\\'\"\n\r\t\0\u001a\u007f\u0080\u00ff",
    "\u00e9\u6f22\u2028\uffff",
    "\ud83d\ude00z"
  };

  private final Random random;
  private final boolean jsonOnly;

  RandomValues(Random random, boolean jsonOnly) {
    this.random = random;
    this.jsonOnly = jsonOnly;
  }

  @Nullable Object value(int depth) {
    return depth > 0 && random.nextInt(10) < 4 ? container(depth - 1) : scalar();
  }

  private Object container(int depth) {
    List<@Nullable Object> items = new ArrayList<>();
    int size = random.nextInt(6);
    for (int i = 0; i < size; i++) {
      items.add(value(depth));
    }
    return switch (random.nextInt(jsonOnly ? 2 : 5)) {
      case 0 -> items;
      case 1 -> map(items);
      case 2 -> new PyTuple(items);
      case 3 -> keys(size);
      default -> new PyFrozenSet(keys(size));
    };
  }

  private Map<@Nullable Object, @Nullable Object> map(List<@Nullable Object> values) {
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    for (Object value : values) {
      map.put(jsonOnly ? text() : key(), value);
    }
    return map;
  }

  private Set<@Nullable Object> keys(int size) {
    Set<@Nullable Object> keys = new LinkedHashSet<>();
    for (int i = 0; i < size; i++) {
      keys.add(key());
    }
    return keys;
  }

  /** Of types that are never equal to each other in Python, or the writer would refuse the map. */
  private Object key() {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextLong();
      case 1 -> PyTuple.of(text(), random.nextInt(5) + 0L);
      case 2 -> new PyBytes(bytes());
      case 3 -> date();
      case 4 -> new PyFrozenSet(Set.of(text()));
      default -> text();
    };
  }

  @Nullable Object scalar() {
    return switch (random.nextInt(jsonOnly ? 5 : 11)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> integer();
      case 3 -> floating();
      case 4 -> text();
      case 5 -> bytes();
      case 6 -> new UUID(random.nextLong(), random.nextLong());
      case 7 -> decimal();
      case 8 -> new PyComplex(floating(), floating());
      default -> time();
    };
  }

  private Object integer() {
    int[] sizes = {3, 8, 9, 16, 31, 32, 33, 62, 64, 65, 128, 2100};
    BigInteger big = new BigInteger(sizes[random.nextInt(sizes.length)], random);
    return PickleNumbers.narrowed(random.nextBoolean() ? big : big.negate());
  }

  double floating() {
    return switch (random.nextInt(5)) {
      case 0 -> Double.longBitsToDouble(random.nextLong());
      case 1 -> new double[] {0.0, -0.0, 1 / 0.0, -1 / 0.0, 0 / 0.0, 1e16}[random.nextInt(6)];
      case 2 -> random.nextInt(1_000_000) / 1000.0;
      case 3 -> Math.scalb(1.0, random.nextInt(2098) - 1074);
      default -> random.nextGaussian() * Math.pow(10, random.nextInt(50) - 20);
    };
  }

  private String text() {
    String alphabet = ALPHABETS[random.nextInt(ALPHABETS.length)];
    int[] sizes = {0, 1, 2, 5, 12, 60, 300};
    StringBuilder text = new StringBuilder();
    for (int i = sizes[random.nextInt(sizes.length)]; i > 0; i--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private byte[] bytes() {
    byte[] bytes = new byte[new int[] {0, 1, 10, 255, 256, 300}[random.nextInt(6)]];
    random.nextBytes(bytes);
    return bytes;
  }

  private Object decimal() {
    String[] special = {"NaN", "sNaN", "-NaN123", "Infinity", "-Infinity", "-0", "-0.00"};
    return random.nextInt(4) == 0
        ? new PyDecimal(special[random.nextInt(special.length)])
        : new BigDecimal(new BigInteger(90, random), random.nextInt(60) - 30);
  }

  private LocalDate date() {
    return LocalDate.ofEpochDay(random.nextInt(3_000_000) - 700_000);
  }

  private Object time() {
    LocalTime time = LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000L) * 1000);
    LocalDateTime local = date().atTime(time);
    ZoneOffset offset = ZoneOffset.ofTotalSeconds(random.nextInt(129_601) - 64_800);
    return switch (random.nextInt(8)) {
      case 0 -> date();
      case 1 -> time;
      case 2 -> time.atOffset(offset);
      case 3 -> local.atOffset(offset);
      case 4 ->
          Duration.ofDays(random.nextInt(1_999_999_998) - 999_999_999)
              .plusNanos(random.nextLong(86_400_000_000L) * 1000);
      case 5 -> offset;
      case 6 -> random.nextBoolean() ? ZoneId.of("Europe/Berlin") : regional(time);
      default -> local;
    };
  }

  private Object regional(LocalTime time) {
    LocalDate day = LocalDate.of(1980 + random.nextInt(50), 10, 20 + random.nextInt(12));
    var zoned = day.atTime(time).atZone(ZoneId.of("Europe/Berlin"));
    return random.nextBoolean() ? zoned.withLaterOffsetAtOverlap() : zoned;
  }
}
