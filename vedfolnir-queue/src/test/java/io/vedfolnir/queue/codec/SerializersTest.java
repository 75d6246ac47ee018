// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.Month;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SerializersTest {
  private static final long SEED = Long.getLong("vedfolnir.codec.seed", 8625716984L);
  private static final PayloadLimits LIMITS = PayloadLimits.defaults();
  private static final Serializer PICKLE = new PickleSerializer(LIMITS);
  private static final Serializer JSON = new JsonSerializer(LIMITS);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatWeWriteWeReadAgain(boolean json) {
    System.out.println("SerializersTest: seed " + SEED);
    Random random = new Random(SEED);
    Serializer serializer = json ? JSON : PICKLE;
    for (int i = 0; i < 5_000; i++) {
      Object value = new RandomValues(random, json).value(4);
      Object again = serializer.loads(serializer.dumps(value), Trust.ARGUMENTS);
      assertThat(TypedValue.of(again)).isEqualTo(TypedValue.of(value));
    }
  }

  @Test
  void picklesAreProtocolTwoUntilBytesMakeThemThree() {
    assertThat(PICKLE.dumps(List.of("text", 1, 2.5))).startsWith(0x80, 2);
    assertThat(PICKLE.dumps(new byte[] {1})).startsWith(0x80, 3);
    assertThat(PICKLE.dumps(LocalDate.EPOCH)).startsWith(0x80, 3);
  }

  @Test
  void bothRefuseAtOnceWhatPythonHasNoTypeFor() {
    for (Object value :
        List.of(
            new Object(),
            new int[] {1},
            'c',
            Month.MAY,
            Optional.empty(),
            Instant.EPOCH,
            new PyOpaque("a", "b", List.of(), null, List.of(), Map.of()))) {
      refuses(PICKLE, value, "cannot carry");
      refuses(JSON, value, "cannot carry");
    }
  }

  @Test
  void pickleRefusesWhatPythonWouldChange() {
    refuses(PICKLE, LocalTime.ofNanoOfDay(1), "truncatedTo");
    refuses(PICKLE, Duration.ofNanos(1), "truncatedTo");
    refuses(PICKLE, Duration.ofDays(1_000_000_000), "timedelta");
    refuses(PICKLE, LocalDate.of(10_000, 1, 1), "1 to 9999");
    refuses(PICKLE, LocalDate.of(0, 1, 1), "1 to 9999");
    refuses(PICKLE, Map.of(1, "a", 1.0, "b"), "equal in Python");
    refuses(PICKLE, Set.of(true, 1L), "equal in Python");
    refuses(PICKLE, Set.of(PyTuple.of(1, "x"), PyTuple.of(BigDecimal.ONE, "x")), "equal in Python");
    refuses(PICKLE, Set.of(new PyComplex(2, 0), 2), "equal in Python");
    refuses(PICKLE, Set.of(new PyDecimal("-0"), 0), "equal in Python");
    refuses(PICKLE, Set.of(List.of(1)), "hash");
    refuses(PICKLE, Map.of(PyTuple.of(Map.of()), 1), "hash");
  }

  @Test
  void jsonRefusesWhatPythonsJsonRefuses() {
    refuses(JSON, new byte[0], "use pickle");
    refuses(JSON, Set.of(1), "use pickle");
    refuses(JSON, LocalDate.EPOCH, "use pickle");
    refuses(JSON, BigDecimal.ONE, "use pickle");
    refuses(JSON, Map.of(PyTuple.of(1), 1), "as a key");
    refuses(JSON, Map.of(1, "a", "1", "b"), "same text");
  }

  @Test
  void cyclesDepthAndSizeAreRefusedBeforeTheyCost() {
    List<@Nullable Object> cycle = new ArrayList<>();
    cycle.add(cycle);
    Object deep = 1;
    Object wide = List.of();
    for (int i = 0; i < LIMITS.maxDepth() + 1; i++) {
      deep = PyTuple.of(deep);
      wide = i < 64 ? List.of(wide, wide) : wide;
    }
    for (Serializer serializer : List.of(PICKLE, JSON)) {
      refuses(serializer, cycle, "contains itself");
      refuses(serializer, deep, "nested deeper");
      refuses(serializer, wide, "more than 1000000 values");
      refuses(serializer, BigInteger.TEN.pow(5_000), "4300 digits");
      refuses(serializer, "x".repeat(LIMITS.maxInflated()), "bytes");
    }
  }

  @Test
  void jsonIsWhatPythonPrints() {
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    map.put(1, PyTuple.of(1.0, 1e16, 1e-5, 1.5e300, Double.MIN_VALUE, 0.1f));
    map.put(true, List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY));
    map.put(null, "\u00e9\ud83d\ude00\ud800\u007f\"\\\n\u0001");
    map.put(2.5, null);
    assertThat(new String(JSON.dumps(map), UTF_8))
        .isEqualTo(
            "{\"1\": [1.0, 1e+16, 1e-05, 1.5e+300, 5e-324, 0.10000000149011612],"
                + " \"true\": [NaN, Infinity, -Infinity],"
                + " \"null\": \"\\u00e9\\ud83d\\ude00\\ud800\\u007f\\\"\\\\\\n\\u0001\","
                + " \"2.5\": null}");
  }

  @Test
  void jsonReadsWithPythonsHabits() {
    assertThat(json("{\"a\": 1, \"b\": 2, \"a\": 3}")).isEqualTo(Map.of("a", 3L, "b", 2L));
    assertThat(json("[1e400, -1e400, -0, -0.0, 10000000000000000000]"))
        .isEqualTo(
            List.of(
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                0L,
                -0.0,
                new BigInteger("10000000000000000000")));
    assertThat(json("{\"\\ud800\": \"\\uD83D\\\\ud83d\"}"))
        .isEqualTo(Map.of("\ud800", "\ud83d" + "\\ud83d"));
    assertThat(json(" \t\r\n[null, true] ")).isEqualTo(Arrays.asList(null, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1] 2",
        "[1",
        "",
        " ",
        "[1,]",
        "{\"a\"}",
        "{1: 2}",
        "['a']",
        "[INF]",
        "[-INF]",
        "[+1]",
        "[01]",
        "[.5]",
        "[1.]",
        "[\"\n\"]",
        "\ufeff[1]",
        "/**/[1]",
        "nul",
        "[\"\\ud8\"]",
        "[\\ud800]"
      })
  void jsonIsNoMoreLenientThanPython(String text) {
    PayloadRefusedException refused =
        catchThrowableOfType(PayloadRefusedException.class, () -> json(text));
    assertThat(refused.reason()).isEqualTo(PayloadRefusedException.Reason.MALFORMED);
  }

  @Test
  void bytesAreKeysByContent() {
    Map<Object, Object> map = new HashMap<>();
    map.put(new PyBytes(new byte[] {1}), new byte[] {2});
    Object again = PICKLE.loads(PICKLE.dumps(map), Trust.ARGUMENTS);
    assertThat(again).asInstanceOf(MAP).containsEntry(new PyBytes(new byte[] {1}), new byte[] {2});
  }

  private static @Nullable Object json(String text) {
    return JSON.loads(text.getBytes(UTF_8), Trust.ARGUMENTS);
  }

  private static void refuses(Serializer serializer, Object value, String advice) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> serializer.dumps(value))
        .withMessageContaining(advice);
  }
}
