// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vedfolnir.queue.codec.PayloadRefusedException.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small payloads that cost a trusting reader its stack, its heap, its time or its host. */
@Timeout(30)
class HostilePayloadTest {
  private static final PayloadLimits LIMITS = PayloadLimits.defaults();
  private static final PayloadCodec CODEC = new PayloadCodec(LIMITS);

  @Test
  void hundredMegabytesOfZerosAreRefusedByTheirRatio() throws Exception {
    byte[] bomb = deflated(new byte[100_000_000]);
    assertThat(NaivePickle.inflatedSize(bomb)).isGreaterThan(LIMITS.maxInflated());
    assertThat(bomb).hasSizeLessThan(100_000);
    assertThat(refusalOfCall(bomb)).isEqualTo(Reason.RATIO);
    PayloadCodec lenient = new PayloadCodec(LIMITS.withMaxRatio(1100));
    assertThatThrownBy(() -> lenient.decodeCall(bomb))
        .isInstanceOfSatisfying(
            PayloadRefusedException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.INFLATED_TOO_LARGE));
  }

  @Test
  void doubledTuplesAreCountedEachTimeTheyAreSeen() {
    byte[] bomb = pickle("N" + "2\u0086".repeat(64) + ".");
    assertThat(NaivePickle.count(NaivePickle.read(bomb), 3_000_000)).isGreaterThan(3_000_000);
    assertRefused(bomb, Reason.TOO_MANY_NODES);
  }

  @Test
  void doubledTuplesAreRefusedAsDictKeysBeforeTheyAreHashed() {
    assertRefused(pickle("}N" + "2\u0086".repeat(64) + "Ns."), Reason.TOO_MANY_NODES);
  }

  @Test
  void frozensetsThatAreMadeByCallsAreCountedEachTimeToo() {
    StringBuilder bomb = new StringBuilder("cbuiltins\nfrozenset\nq\0)R");
    for (int level = 0; level < 40; level++) {
      bomb.append("2\u0086").append("q\1").append("h\0](h\1e\u0085R");
    }
    assertRefused(pickle(bomb + "."), Reason.TOO_MANY_NODES);
  }

  @Test
  void twoHundredThousandListsInEachOtherNeedNoStack() {
    byte[] bomb = pickle("]".repeat(200_000) + "a".repeat(199_999) + ".");
    assertThatThrownBy(() -> NaivePickle.count(NaivePickle.read(bomb), 1L << 40))
        .isInstanceOf(StackOverflowError.class);
    assertRefused(bomb, Reason.TOO_DEEP);
    byte[] json = ("[".repeat(200_000) + "]".repeat(200_000)).getBytes(UTF_8);
    assertThat(refusalOfCall(json)).isEqualTo(Reason.TOO_DEEP);
    byte[] objects = ("[" + "{\"a\":".repeat(200_000)).getBytes(UTF_8);
    assertThat(refusalOfCall(objects)).isEqualTo(Reason.TOO_DEEP);
  }

  @Test
  void lengthsAreCheckedBeforeAnythingIsAllocated() {
    assertRefused(pickle("\u008e\0\0\0\0\0\0\0@."), Reason.MALFORMED);
    assertRefused(
        pickle("\u0096\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff."), Reason.MALFORMED);
    assertRefused(pickle("B\u00ff\u00ff\u00ff\u00ff."), Reason.MALFORMED);
    assertRefused(pickle("T\u00ff\u00ff\u00ff\u00ff."), Reason.MALFORMED);
  }

  @Test
  void numbersOfTenThousandDigitsAreRefusedInEverySpelling() {
    String digits = "9".repeat(10_000);
    assertRefused(pickle("L" + digits + "L\n."), Reason.TOO_MANY_DIGITS);
    assertRefused(pickle("I" + digits + "\n."), Reason.TOO_MANY_DIGITS);
    assertRefused(pickle("F0." + digits + "\n."), Reason.TOO_MANY_DIGITS);
    assertRefused(
        pickle("\u008b\u0088\u0013\0\0" + "\1".repeat(5000) + "."), Reason.TOO_MANY_DIGITS);
    assertThat(refusalOfCall(("[" + digits + "]").getBytes(UTF_8)))
        .isEqualTo(Reason.TOO_MANY_DIGITS);
    assertThat(refusalOfCall(("[0." + digits + "]").getBytes(UTF_8)))
        .isEqualTo(Reason.TOO_MANY_DIGITS);
  }

  @Test
  void farMemoNumbersCostOneEntry() {
    assertThat(load(pickle("Nr\u00ff\u00ff\u00ff\u00ff0j\u00ff\u00ff\u00ff\u00ff."))).isNull();
    assertThat(load(pickle("Kap2147483648\n0g2147483648\n."))).isEqualTo(97L);
    assertThat(load(pickle("Kap2000000000\n0g2000000000\n."))).isEqualTo(97L);
    assertRefused(pickle("j\0\0\0\u0080."), Reason.MALFORMED);
  }

  @Test
  void endlessPushesMarksAndMemosAreBounded() {
    assertRefused(pickle("N".repeat(3_000_000) + "."), Reason.TOO_MANY_NODES);
    assertRefused(pickle("(".repeat(3_000_000) + "."), Reason.TOO_MANY_NODES);
    assertRefused(pickle("N" + "\u0094".repeat(3_000_000) + "."), Reason.TOO_MANY_NODES);
  }

  @Test
  void oneLongTextIsNotConvertedOverAndOver() {
    String text = "a".repeat(1_000_000);
    String again = "h\0h\1\u0086R";
    String bomb =
        "X"
            + length(text)
            + text
            + "q\0X"
            + length("latin1")
            + "latin1q\1]("
            + "c_codecs\nencode\n";
    byte[] pickle = pickle(bomb + again + ("c_codecs\nencode\n" + again).repeat(100) + "e.");
    assertRefused(pickle, Reason.INFLATED_TOO_LARGE);
  }

  @Test
  void keysThatAreMadeToCollideAreRefused() {
    List<LocalDateTime> keys = collidingKeys(2_000);
    Map<Object, Object> map = new HashMap<>();
    keys.forEach(key -> map.put(key, null));
    assertThat(map).hasSize(2_000);
    assertThat(keys.stream().map(Object::hashCode).distinct()).hasSize(1);
    assertRefused(CODEC.pickle().dumps(map), Reason.COLLIDING_KEYS);
  }

  @Test
  void aForbiddenGlobalIsNamedAndNothingRuns(@TempDir Path directory) {
    Path touched = directory.resolve("touched");
    byte[] pickle = pickle("cos\nsystem\n(S'touch " + touched + "'\ntR.");
    PayloadRefusedException refused =
        catchThrowableOfType(
            PayloadRefusedException.class, () -> CODEC.pickle().loads(pickle, Trust.ARGUMENTS));
    assertThat(refused.reason()).isEqualTo(Reason.FORBIDDEN_GLOBAL);
    assertThat(refused).hasMessageContaining("os.system").hasMessageNotContaining("touch ");
    Object opaque = CODEC.pickle().loads(pickle, Trust.RESULT);
    assertThat(opaque)
        .isEqualTo(
            new PyOpaque("os", "system", List.of("touch " + touched), null, List.of(), Map.of()));
    assertThat(opaque).hasToString("PyOpaque[os.system]");
    assertThat(Files.exists(touched)).isFalse();
  }

  @Test
  void theNameOfAForbiddenGlobalIsShortAndPrintable() {
    byte[] pickle = pickle("c" + "m".repeat(500) + "\u001b[31m\n\rx\n.");
    assertThatThrownBy(() -> CODEC.pickle().loads(pickle, Trust.ARGUMENTS))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300).matches("[ -~]+"));
  }

  @Test
  void getattrServesZoneInfoOnly() {
    String zone = "cbuiltins\ngetattr\n(czoneinfo\nZoneInfo\nV";
    assertThat(load(pickle(zone + "_unpickle\ntR(VEurope/Berlin\nI1\ntR.")))
        .hasToString("Europe/Berlin");
    assertRefused(pickle(zone + "no_cache\ntR(VEurope/Berlin\ntR."), Reason.FORBIDDEN_GLOBAL);
    assertRefused(pickle("cbuiltins\ngetattr\n."), Reason.FORBIDDEN_GLOBAL);
    assertRefused(
        pickle("ccollections\ndefaultdict\n(cbuiltins\ngetattr\ntR."), Reason.UNSUPPORTED_VALUE);
  }

  @Test
  void cyclesAreRefusedAsArgumentsAndAsResults() {
    byte[] list = pickle("]q\0h\0a.");
    assertRefused(list, Reason.CYCLIC);
    assertThatThrownBy(() -> CODEC.pickle().loads(list, Trust.RESULT))
        .isInstanceOf(PayloadRefusedException.class);
    assertRefused(pickle("]q\0h\0\u0085a."), Reason.CYCLIC);
    assertRefused(pickle("}q\0Nh\0s."), Reason.CYCLIC);
    assertRefused(pickle("ccollections\nOrderedDict\n)Rq\0Nh\0s."), Reason.CYCLIC);
  }

  private static List<LocalDateTime> collidingKeys(int count) {
    int target = LocalDate.of(2026, 1, 1).atStartOfDay().hashCode();
    List<LocalDateTime> keys = new ArrayList<>();
    for (long day = 0; keys.size() < count; day++) {
      LocalDate date = LocalDate.of(2000, 1, 1).plusDays(day);
      int wanted = target ^ date.hashCode();
      long found = wholeMicrosWithHash(wanted);
      if (found >= 0) {
        keys.add(date.atTime(LocalTime.ofNanoOfDay(found)));
      }
    }
    return keys;
  }

  /** A time of day whose hash, high word xor low word of its nanoseconds, is the wanted one. */
  private static long wholeMicrosWithHash(int wanted) {
    for (long high = 0; high < 20_000; high++) {
      long nanos = high << 32 | ((wanted ^ (int) high) & 0xffff_ffffL);
      if (nanos % 1000 == 0) {
        return nanos;
      }
    }
    return -1;
  }

  private static byte[] deflated(byte[] bytes) {
    Deflater deflater = new Deflater();
    deflater.setInput(bytes);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] chunk = new byte[1 << 16];
    while (!deflater.finished()) {
      out.write(chunk, 0, deflater.deflate(chunk));
    }
    deflater.end();
    return out.toByteArray();
  }

  private static String length(String text) {
    int length = text.length();
    return "" + (char) (length & 0xff) + (char) (length >> 8 & 0xff) + (char) (length >> 16) + '\0';
  }

  private static byte[] pickle(String opcodes) {
    return opcodes.getBytes(ISO_8859_1);
  }

  private static @Nullable Object load(byte[] pickle) {
    return CODEC.pickle().loads(pickle, Trust.ARGUMENTS);
  }

  private static Reason refusalOfCall(byte[] stored) {
    return catchThrowableOfType(PayloadRefusedException.class, () -> CODEC.decodeCall(stored))
        .reason();
  }

  private static void assertRefused(byte[] pickle, Reason reason) {
    assertThatThrownBy(() -> CODEC.pickle().loads(pickle, Trust.ARGUMENTS))
        .isInstanceOfSatisfying(
            PayloadRefusedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
