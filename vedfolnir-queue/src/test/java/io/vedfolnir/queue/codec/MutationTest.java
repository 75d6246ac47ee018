// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Whatever is done to a payload, the codec gives a value or refuses it, and nothing else.
 *
 * <p>The long run: {@code -Dvedfolnir.codec.mutations=100000000}. The seed is printed; {@code
 * -Dvedfolnir.codec.seed} repeats it.
 */
class MutationTest {
  private static final int MUTATIONS = Integer.getInteger("vedfolnir.codec.mutations", 200_000);
  private static final long SEED = Long.getLong("vedfolnir.codec.seed", 8625716984L);
  private static final byte[] OPCODES =
      HexFormat.of()
          .parseHex(
              "28292e3031324243464749494b4c4d4e5052535455565864656162636768696a6c6f70717273747d755d"
                  + "8081828384858687888a8b8c8d8e8f909192939495969798");

  private static final PayloadCodec CODEC =
      new PayloadCodec(PayloadLimits.defaults().withMaxNodes(20_000));

  private static final List<byte[]> SEEDS = new ArrayList<>();
  private static final Pattern PRINTABLE = Pattern.compile("[ -~]+");
  private static final int SHORT = 4_000;

  @BeforeAll
  static void seeds() throws IOException {
    try (InputStream in = MutationTest.class.getResourceAsStream("rq-vectors.json")) {
      JsonNode vectors = new ObjectMapper().readTree(Objects.requireNonNull(in)).get("vectors");
      for (JsonNode vector : vectors) {
        for (String field : List.of("raw_hex", "zlib_hex")) {
          JsonNode hex = vector.get(field);
          if (hex != null && hex.isString() && hex.asString().length() < 2 * SHORT) {
            SEEDS.add(HexFormat.of().parseHex(hex.asString()));
          }
        }
      }
    }
    Random random = new Random(SEED);
    for (int i = 0; i < 200; i++) {
      boolean json = i % 4 == 0;
      Object value = new RandomValues(random, json).value(3);
      SEEDS.add((json ? CODEC.json() : CODEC.pickle()).dumps(value));
    }
    SEEDS.removeIf(seed -> seed.length > SHORT);
    System.out.println("MutationTest: seed " + SEED + ", " + MUTATIONS + " mutations");
  }

  @Test
  void mutatedPayloadsAreValuesOrRefusals() {
    Random random = new Random(SEED);
    int values = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] payload = mutated(random);
      values += read(payload, i);
    }
    // Both happen: mutations that never decode would test the first bytes only.
    assertThat(values).isBetween(MUTATIONS / 50, MUTATIONS - MUTATIONS / 50);
  }

  private static int read(byte[] payload, int turn) {
    try {
      Object value =
          switch (turn % 5) {
            case 0 -> CODEC.decodeCall(payload).call();
            case 1 -> CODEC.pickle().loads(payload, Trust.ARGUMENTS);
            case 2 -> CODEC.decodeValue(payload);
            case 3 -> CODEC.json().loads(payload, Trust.ARGUMENTS);
            default -> CODEC.pickle().loads(payload, Trust.RESULT);
          };
      // Finite: it can be walked, printed and hashed.
      assertThat(String.valueOf(value)).isNotNull();
      assertThat(Objects.hashCode(value)).isEqualTo(Objects.hashCode(value));
      return 1;
    } catch (PayloadRefusedException e) {
      assertThat(e.getMessage()).hasSizeLessThan(300).matches(PRINTABLE);
      return 0;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError("seed " + SEED + ": " + HexFormat.of().formatHex(payload), e);
    }
  }

  private static byte[] mutated(Random random) {
    byte[] payload = SEEDS.get(random.nextInt(SEEDS.size())).clone();
    int steps = 1 + random.nextInt(4);
    for (int i = 0; i < steps; i++) {
      payload = step(payload, random);
    }
    return payload;
  }

  private static byte[] step(byte[] payload, Random random) {
    int at = random.nextInt(payload.length + 1);
    int length = random.nextInt(Math.min(16, payload.length - at) + 1);
    byte opcode = OPCODES[random.nextInt(OPCODES.length)];
    return switch (random.nextInt(7)) {
      case 0 -> changed(payload, at, (byte) random.nextInt(256));
      case 1 -> changed(payload, at, opcode);
      case 2 -> spliced(payload, at, at, new byte[] {opcode});
      case 3 -> spliced(payload, at, at + length, new byte[0]);
      case 4 -> spliced(payload, at, at, Arrays.copyOfRange(payload, at, at + length));
      case 5 -> {
        byte[] other = SEEDS.get(random.nextInt(SEEDS.size()));
        int from = random.nextInt(other.length + 1);
        yield spliced(payload, at, at + length, Arrays.copyOfRange(other, from, other.length));
      }
      default ->
          spliced(payload, at, at, "[{\"a\\ud800\":NaN,-1e9]}".substring(length).getBytes(UTF_8));
    };
  }

  private static byte[] changed(byte[] payload, int at, byte to) {
    byte[] changed = payload.clone();
    if (at < changed.length) {
      changed[at] = to;
    }
    return changed;
  }

  private static byte[] spliced(byte[] payload, int from, int to, byte[] middle) {
    byte[] spliced = Arrays.copyOf(payload, payload.length - (to - from) + middle.length);
    System.arraycopy(middle, 0, spliced, from, middle.length);
    System.arraycopy(payload, to, spliced, from + middle.length, payload.length - to);
    return spliced;
  }
}
