// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * RQ's JSON serializer with the habits of Python's {@code json} module.
 *
 * <p>Writes ASCII, {@code NaN} and {@code Infinity}, numbers as Python prints them, tuples as
 * lists, keys as text. Refuses what Python's refuses: bytes, sets, dates, decimals. Reads integers
 * of any size within the limits, lone surrogates, and the last of duplicate keys. Thread-safe.
 */
public final class JsonSerializer implements Serializer {
  private final PayloadLimits limits;
  private final JsonReader reader;

  /** A serializer that reads and writes within these limits. */
  public JsonSerializer(PayloadLimits limits) {
    this.limits = limits;
    this.reader = new JsonReader(limits);
  }

  @Override
  public String name() {
    return "json";
  }

  @Override
  public byte[] dumps(@Nullable Object value) {
    return new JsonWriter(limits).write(value).getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public @Nullable Object loads(byte[] payload, Trust trust) {
    PickleSerializer.requireSize(payload.length, limits);
    return reader.read(payload);
  }
}
