// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.SessionException.Unreadable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * A field whose JSON value is a record, a list or another type that Jackson knows.
 *
 * <p>Changing such a field writes the whole value anew: parts of it that the type does not know are
 * lost, unlike unknown fields of the session. Immutable and thread-safe.
 *
 * @param <T> type of the value
 */
public final class JsonAttribute<T> implements AttributeKey<T> {

  private static final JsonMapper mapper =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final String name;
  private final ObjectReader reader;
  private final ObjectWriter writer;

  private JsonAttribute(String name, Class<T> type) {
    this.name = name;
    this.reader = mapper.readerFor(type);
    this.writer = mapper.writerFor(type);
  }

  /** A field that holds a value of this type. */
  public static <T> JsonAttribute<T> of(String name, Class<T> type) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a session field needs a name");
    }
    return new JsonAttribute<>(name, type);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String encode(T value) {
    try {
      return writer.writeValueAsString(value);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the attribute " + name + " cannot be written as JSON", e);
    }
  }

  @Override
  public T decode(String json) {
    try {
      return reader.readValue(json);
    } catch (JacksonException e) {
      // The cause would show a part of the value.
      throw new Unreadable(Unreadable.Reason.UNEXPECTED_VALUE);
    }
  }

  @Override
  public String toString() {
    return "JsonAttribute[" + name + "]";
  }
}
