// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.codec.PayloadRefusedException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The payload fields of RQ's hashes and streams, in both directions. Thread-safe.
 *
 * <p>Reading finds the serializer by itself, because RQ records it nowhere. Reading throws {@link
 * PayloadRefusedException} and nothing else; writing throws {@link IllegalArgumentException} for
 * what cannot be carried.
 */
public final class PayloadCodec {
  private final PayloadLimits limits;
  private final Serializer pickle;
  private final Serializer json;
  private final Zlib zlib;

  /** A codec within these limits. */
  public PayloadCodec(PayloadLimits limits) {
    this.limits = limits;
    this.pickle = new PickleSerializer(limits);
    this.json = new JsonSerializer(limits);
    this.zlib = new Zlib(limits);
  }

  /** RQ's default serializer, within the limits of this codec. */
  public Serializer pickle() {
    return pickle;
  }

  /** RQ's JSON serializer, within the limits of this codec. */
  public Serializer json() {
    return json;
  }

  /** Field {@code data} of a job: zlib of (function, None, args, kwargs). */
  public byte[] encodeCall(RemoteCall call, Serializer serializer) {
    PyTuple outer = PyTuple.of(call.function(), null, new PyTuple(call.args()), call.kwargs());
    return zlib.deflate(serializer.dumps(outer));
  }

  /** The call in field {@code data} of a job. Data that is no zlib stream is taken as it is. */
  public DecodedCall decodeCall(byte[] data) {
    requireInput(data);
    byte[] inflated = zlib.inflate(data).orElse(data);
    Serializer serializer = serializerOfCall(inflated);
    return new DecodedCall(CallShape.call(serializer.loads(inflated, Trust.ARGUMENTS)), serializer);
  }

  /**
   * Field {@code return_value} of a result: base64 of the serializer's output. Python leaves the
   * field out for None.
   */
  public byte[] encodeResult(@Nullable Object value, Serializer serializer) {
    return Base64.getEncoder().encode(stored(serializer.dumps(value)));
  }

  /** The value in field {@code return_value} of a result. */
  public @Nullable Object decodeResult(byte[] returnValue) {
    return decodeValue(fromBase64(returnValue));
  }

  /** A bare serializer output, as the field {@code result} that old RQ versions write. */
  public @Nullable Object decodeValue(byte[] value) {
    requireInput(value);
    return serializerOfValue(value).loads(value, Trust.RESULT);
  }

  /** Field {@code meta} of a job: the serializer's output of a dict, neither zlib nor base64. */
  public byte[] encodeMeta(Map<String, ? extends @Nullable Object> meta, Serializer serializer) {
    return stored(serializer.dumps(meta));
  }

  /** The dict in field {@code meta} of a job; unknown Python objects in it are opaque. */
  public Map<String, @Nullable Object> decodeMeta(byte[] meta) {
    if (decodeValue(meta) instanceof Map<?, ?> map) {
      return CallShape.textKeys(map);
    }
    throw PayloadRefusedException.malformed("meta is not a dict");
  }

  /** Field {@code exc_string} of a result: base64 of zlib of UTF-8. */
  public byte[] encodeException(String traceback) {
    return Base64.getEncoder().encode(encodeLegacyException(traceback));
  }

  /** The traceback in field {@code exc_string} of a result. */
  public String decodeException(byte[] excString) {
    return decodeLegacyException(fromBase64(excString));
  }

  /** Field {@code exc_info} of a job, which old RQ versions read: zlib of UTF-8. */
  public byte[] encodeLegacyException(String traceback) {
    return zlib.deflate(traceback.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The traceback in field {@code exc_info} of a job; text that is no zlib stream is taken as is.
   */
  public String decodeLegacyException(byte[] excInfo) {
    requireInput(excInfo);
    return new String(zlib.inflate(excInfo).orElse(excInfo), StandardCharsets.UTF_8);
  }

  private Serializer serializerOfCall(byte[] inflated) {
    int first = inflated.length == 0 ? -1 : inflated[0] & 0xff;
    return switch (first) {
      case 0x80, '(', ']' -> pickle;
      case '[' -> json;
      default ->
          throw new PayloadRefusedException(
              Reason.WRONG_SERIALIZER,
              "the job is neither pickle nor JSON; enqueue it with one of RQ's own serializers");
    };
  }

  /** A pickle starts with 0x80 from protocol 2 on, and ends with a full stop, as no JSON does. */
  private Serializer serializerOfValue(byte[] value) {
    boolean pickled =
        value.length > 0 && ((value[0] & 0xff) == 0x80 || value[value.length - 1] == '.');
    return pickled ? pickle : json;
  }

  private byte[] fromBase64(byte[] text) {
    if (text.length > limits.maxInput() / 3 * 4L + 8) {
      throw tooLarge();
    }
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw PayloadRefusedException.malformed("it is not base64");
    }
  }

  private void requireInput(byte[] stored) {
    if (stored.length > limits.maxInput()) {
      throw tooLarge();
    }
  }

  private PayloadRefusedException tooLarge() {
    return new PayloadRefusedException(
        Reason.TOO_LARGE,
        "the payload has more than "
            + limits.maxInput()
            + " bytes; send a reference to the data instead, or raise maxInput");
  }

  private byte[] stored(byte[] bytes) {
    if (bytes.length > limits.maxInput()) {
      throw new IllegalArgumentException(
          "more than "
              + limits.maxInput()
              + " bytes to store; store the data elsewhere and pass a reference, or raise maxInput");
    }
    return bytes;
  }
}
