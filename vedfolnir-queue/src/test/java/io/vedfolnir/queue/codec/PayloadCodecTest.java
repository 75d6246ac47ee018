// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.codec.PayloadRefusedException.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PayloadCodecTest {
  private static final PayloadLimits LIMITS = PayloadLimits.defaults();
  private static final PayloadCodec CODEC = new PayloadCodec(LIMITS);
  private static final RemoteCall CALL =
      new RemoteCall("tasks.add", Arrays.asList(1L, null), Map.of("b", 3L));

  @Test
  void callsComeBackWithTheSerializerToAnswerIn() {
    for (Serializer serializer : List.of(CODEC.pickle(), CODEC.json())) {
      DecodedCall decoded = CODEC.decodeCall(CODEC.encodeCall(CALL, serializer));
      assertThat(decoded.call()).isEqualTo(CALL);
      assertThat(decoded.serializer()).isSameAs(serializer);
    }
  }

  @Test
  void dataThatIsNoZlibStreamIsTakenAsItIs() {
    byte[] raw = "[\"tasks.add\", null, [1, null], {\"b\": 3}]".getBytes(UTF_8);
    assertThat(CODEC.decodeCall(raw).call()).isEqualTo(CALL);
    byte[] cutOff = Arrays.copyOf(CODEC.encodeCall(CALL, CODEC.json()), 20);
    assertThat(reason(() -> CODEC.decodeCall(cutOff))).isEqualTo(Reason.WRONG_SERIALIZER);
  }

  @Test
  void veryRegularDataIsStoredSoThatItsReadersTakeItIn() {
    RemoteCall regular = new RemoteCall("f", List.of("x".repeat(5_000_000)), Map.of());
    byte[] data = CODEC.encodeCall(regular, CODEC.pickle());
    assertThat(data).startsWith(0x78);
    assertThat(CODEC.decodeCall(data).call()).isEqualTo(regular);
  }

  @Test
  void wrongShapesAreNotCalls() {
    assertThat(reasonOfCall("[\"f\", null, []]")).isEqualTo(Reason.MALFORMED);
    assertThat(reasonOfCall("[1, null, [], {}]")).isEqualTo(Reason.MALFORMED);
    assertThat(reasonOfCall("[\"\", null, [], {}]")).isEqualTo(Reason.MALFORMED);
    assertThat(reasonOfCall("[\"f\", null, {}, {}]")).isEqualTo(Reason.MALFORMED);
    assertThat(reasonOfCall("[\"f\", null, [], []]")).isEqualTo(Reason.MALFORMED);
    assertThat(reasonOfCall("[\"f\", {}, [], {}]")).isEqualTo(Reason.INSTANCE_METHOD);
    assertThat(reasonOfCall("{\"f\": 1}")).isEqualTo(Reason.WRONG_SERIALIZER);
    assertThat(reasonOfCall("garbage")).isEqualTo(Reason.WRONG_SERIALIZER);
  }

  @Test
  void keywordsThatAreNoTextAreRefused() {
    byte[] pickle = CODEC.pickle().dumps(PyTuple.of("f", null, PyTuple.of(), Map.of(1L, "secret")));
    PayloadRefusedException refused =
        catchThrowableOfType(PayloadRefusedException.class, () -> CODEC.decodeCall(pickle));
    assertThat(refused.reason()).isEqualTo(Reason.MALFORMED);
    assertThat(refused).hasMessageNotContaining("secret");
  }

  @Test
  void noneForArgumentsMeansNone() {
    RemoteCall call = CODEC.decodeCall("[\"f\", null, null, null]".getBytes(UTF_8)).call();
    assertThat(call).isEqualTo(new RemoteCall("f", List.of(), Map.of()));
  }

  @Test
  void resultsAndMetaKeepTheirSerializer() {
    for (Serializer serializer : List.of(CODEC.pickle(), CODEC.json())) {
      for (Object value : List.of(5L, "text", true, 1.5, List.of(1L), Map.of("a", 1L), "ends.")) {
        assertThat(CODEC.decodeResult(CODEC.encodeResult(value, serializer))).isEqualTo(value);
      }
      assertThat(CODEC.decodeResult(CODEC.encodeResult(null, serializer))).isNull();
      Map<String, Object> meta = Map.of("progress", 0.5);
      assertThat(CODEC.decodeMeta(CODEC.encodeMeta(meta, serializer))).isEqualTo(meta);
    }
    assertThat(CODEC.decodeValue("I5\n.".getBytes(US_ASCII))).isEqualTo(5L);
    assertThat(CODEC.decodeValue("NaN".getBytes(US_ASCII))).isEqualTo(Double.NaN);
    assertThat(CODEC.decodeValue("N.".getBytes(US_ASCII))).isNull();
  }

  @Test
  void metaIsADict() {
    assertThat(reason(() -> CODEC.decodeMeta("[1]".getBytes(UTF_8)))).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void tracebacksSurvive() {
    String traceback = "Traceback:\n  boom \u00e9\ud83d\ude00\n".repeat(1000);
    assertThat(CODEC.decodeException(CODEC.encodeException(traceback))).isEqualTo(traceback);
    assertThat(CODEC.decodeLegacyException(CODEC.encodeLegacyException(""))).isEmpty();
    assertThat(CODEC.decodeLegacyException("plain".getBytes(UTF_8))).isEqualTo("plain");
    byte[] noBase64 = "?".getBytes(UTF_8);
    assertThat(reason(() -> CODEC.decodeException(noBase64))).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void storedBytesAreBoundedInBothDirections() {
    PayloadCodec small = new PayloadCodec(LIMITS.withMaxInput(1024));
    byte[] large = new byte[2048];
    Arrays.fill(large, (byte) 'A');
    List<ThrowingCallable> reads =
        List.of(
            () -> small.decodeCall(large),
            () -> small.decodeResult(large),
            () -> small.decodeMeta(large),
            () -> small.decodeException(large));
    reads.forEach(read -> assertThat(reason(read)).isEqualTo(Reason.TOO_LARGE));
    byte[] noise = new byte[4096];
    new java.util.Random(1).nextBytes(noise);
    RemoteCall call = new RemoteCall("f", List.of(noise), Map.of());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> small.encodeCall(call, small.pickle()))
        .withMessageContaining("1024 bytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> small.encodeResult(noise, small.pickle()));
  }

  @Test
  void limitsAreCheckedWhenTheyAreMade() {
    assertThatIllegalArgumentException().isThrownBy(() -> LIMITS.withMaxDepth(1001));
    assertThatIllegalArgumentException().isThrownBy(() -> LIMITS.withMaxNodes(0));
    assertThatIllegalArgumentException().isThrownBy(() -> LIMITS.withMaxInput(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LIMITS.withMaxInflated(Integer.MAX_VALUE));
    assertThatIllegalArgumentException().isThrownBy(() -> LIMITS.withMaxRatio(1));
    assertThatIllegalArgumentException().isThrownBy(() -> LIMITS.withMaxDigits(19));
  }

  @Test
  void aFunctionNameThatIsTooLongIsRefused() {
    String longest = "f".repeat(512);
    assertThat(CODEC.decodeCall(("[\"" + longest + "\", null, [], {}]").getBytes(UTF_8)).call())
        .isEqualTo(RemoteCall.of(longest));
    assertThat(reasonOfCall("[\"" + longest + "f\", null, [], {}]")).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void nothingPrintsArguments() {
    RemoteCall call = new RemoteCall("f", List.of("secret"), Map.of("k", "secret"));
    DecodedCall decoded = new DecodedCall(call, CODEC.json());
    assertThat(call.toString()).contains("f").doesNotContain("secret");
    assertThat(decoded.toString()).doesNotContain("secret");
  }

  private static Reason reasonOfCall(String json) {
    return reason(() -> CODEC.decodeCall(json.getBytes(UTF_8)));
  }

  private static Reason reason(ThrowingCallable call) {
    return catchThrowableOfType(PayloadRefusedException.class, call).reason();
  }
}
