// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.codec.PayloadRefusedException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Payloads that RQ 2.10 on CPython 3.11 wrote, and hostile ones that CPython would obey. */
class PythonVectorsTest {
  private static final PayloadCodec CODEC = new PayloadCodec(PayloadLimits.defaults());

  /** One reason each for what is refused, so that no vector passes for the wrong one. */
  private static final Map<String, Reason> REASONS =
      Map.ofEntries(
          Map.entry("bad-os-system-p0", Reason.FORBIDDEN_GLOBAL),
          Map.entry("bad-os-system-p2", Reason.FORBIDDEN_GLOBAL),
          Map.entry("bad-os-system-top-p2", Reason.FORBIDDEN_GLOBAL),
          Map.entry("bad-os-system-p4", Reason.FORBIDDEN_GLOBAL),
          Map.entry("bad-os-system-p5", Reason.FORBIDDEN_GLOBAL),
          Map.entry("bad-builtins-eval-p5", Reason.FORBIDDEN_GLOBAL),
          Map.entry("bad-getattr-chain", Reason.FORBIDDEN_GLOBAL),
          Map.entry("bad-inst", Reason.FORBIDDEN_GLOBAL),
          Map.entry("bad-inst2", Reason.FORBIDDEN_OPCODE),
          Map.entry("bad-ext", Reason.FORBIDDEN_OPCODE),
          Map.entry("bad-persid", Reason.WRONG_SERIALIZER),
          Map.entry("bad-next-buffer", Reason.FORBIDDEN_OPCODE),
          Map.entry("bad-codecs-encode-abuse", Reason.UNSUPPORTED_VALUE),
          Map.entry("bad-cycle-list", Reason.CYCLIC),
          Map.entry("bad-billion-laughs", Reason.TOO_MANY_NODES),
          Map.entry("bad-deep-nesting", Reason.TOO_DEEP),
          Map.entry("bad-long-text-overflow", Reason.WRONG_SERIALIZER),
          Map.entry("bad-unknown-opcode", Reason.FORBIDDEN_OPCODE),
          Map.entry("bad-proto-6", Reason.FORBIDDEN_OPCODE),
          Map.entry("bad-empty", Reason.WRONG_SERIALIZER),
          Map.entry("bad-zlib-bomb", Reason.RATIO),
          Map.entry("instance-method-p5", Reason.INSTANCE_METHOD));

  /** Opened by a pickle reader they show another reason than by a codec that sniffs first. */
  private static final Map<String, Reason> READER_REASONS =
      Map.of(
          "bad-persid", Reason.FORBIDDEN_OPCODE,
          "bad-long-text-overflow", Reason.TOO_MANY_DIGITS,
          "bad-empty", Reason.MALFORMED);

  static Stream<Arguments> vectors() throws IOException {
    try (InputStream in = PythonVectorsTest.class.getResourceAsStream("rq-vectors.json")) {
      JsonNode vectors = new ObjectMapper().readTree(in).get("vectors");
      return vectors
          .valueStream()
          .map(v -> arguments(v.get("name").asString(), v))
          .toList()
          .stream();
    }
  }

  @Test
  void allVectorsAreThere() throws IOException {
    assertThat(vectors()).hasSize(113);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vectors")
  void behavesAsExpected(String name, JsonNode vector) {
    String kind = vector.get("kind").asString();
    String expect = vector.get("expect").asString();
    if (kind.equals("meta-field")) {
      Object meta = CODEC.decodeMeta(hex(vector, "stored_hex"));
      assertThat(TypedValue.of(meta)).isEqualTo(VectorValue.of(vector.get("value")));
    } else if (kind.equals("result-stream-entry")) {
      result(vector);
    } else if (expect.startsWith("refuse") || expect.equals("accept-then-reject-job")) {
      refusal(name, vector);
    } else {
      call(vector);
    }
  }

  private static void call(JsonNode vector) {
    byte[] stored = hex(vector, vector.has("stored_hex") ? "stored_hex" : "zlib_hex");
    DecodedCall decoded = CODEC.decodeCall(stored);
    assertThat(decoded.serializer().name()).isEqualTo(vector.get("serializer").asString());

    Object value = decoded.serializer().loads(hex(vector, "raw_hex"), Trust.ARGUMENTS);
    assertThat(TypedValue.of(value)).isEqualTo(VectorValue.of(vector.get("value")));
    JsonNode parts = vector.get("value").get("v");
    RemoteCall call = decoded.call();
    assertThat(call.function()).isEqualTo(parts.get(0).get("v").asString());
    assertThat(TypedValue.of(PyTuple.of(call.args().toArray())))
        .isEqualTo(VectorValue.of(parts.get(2)).replaceFirst("^list", "tuple"));
    String kwargs = VectorValue.of(parts.get(3));
    assertThat(TypedValue.of(call.kwargs())).isEqualTo(kwargs.equals("none") ? "dict[]" : kwargs);

    byte[] again = CODEC.encodeCall(call, decoded.serializer());
    assertThat(TypedValue.of(PyTuple.of(CODEC.decodeCall(again).call().args().toArray())))
        .isEqualTo(TypedValue.of(PyTuple.of(call.args().toArray())));
  }

  private static void refusal(String name, JsonNode vector) {
    Reason reason = REASONS.getOrDefault(name, Reason.MALFORMED);
    assertRefused(() -> CODEC.decodeCall(hex(vector, "zlib_hex")), reason);
    if (vector.get("raw_hex").isNull() || name.startsWith("instance")) {
      return;
    }
    Reason readerReason = READER_REASONS.getOrDefault(name, reason);
    byte[] raw = hex(vector, "raw_hex");
    assertRefused(() -> CODEC.pickle().loads(raw, Trust.ARGUMENTS), readerReason);
    // As a result the same bytes may be an opaque node, and never anything worse.
    Throwable thrown = catchThrowable(() -> CODEC.pickle().loads(raw, Trust.RESULT));
    Set<Reason> inert = EnumSet.of(Reason.FORBIDDEN_GLOBAL, Reason.UNSUPPORTED_VALUE);
    if (inert.contains(readerReason)) {
      assertThat(thrown)
          .satisfiesAnyOf(
              t -> assertThat(t).isNull(),
              t -> assertThat(t).isInstanceOf(PayloadRefusedException.class));
    } else {
      assertThat(thrown).isInstanceOf(PayloadRefusedException.class);
    }
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable decode, Reason reason) {
    Throwable thrown = catchThrowable(decode);
    assertThat(thrown).isInstanceOf(PayloadRefusedException.class);
    assertThat(((PayloadRefusedException) thrown).reason()).isEqualTo(reason);
  }

  private static void result(JsonNode vector) {
    JsonNode fields = vector.get("stream_fields");
    if (fields.has("exc_string")) {
      String traceback = CODEC.decodeException(ascii(fields.get("exc_string")));
      assertThat(traceback).isEqualTo(vector.get("value").get("v").asString());
      assertThat(CODEC.decodeException(CODEC.encodeException(traceback))).isEqualTo(traceback);
    } else if (fields.has("return_value")) {
      Object value = CODEC.decodeResult(ascii(fields.get("return_value")));
      assertThat(TypedValue.of(value)).isEqualTo(VectorValue.of(vector.get("value")));
    } else {
      assertThat(VectorValue.of(vector.get("value"))).isEqualTo("none");
    }
  }

  private static byte[] ascii(JsonNode text) {
    return text.asString().getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] hex(JsonNode vector, String field) {
    return HexFormat.of().parseHex(vector.get(field).asString());
  }
}
