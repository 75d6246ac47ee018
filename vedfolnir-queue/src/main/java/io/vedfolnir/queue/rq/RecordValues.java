// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.codec.PyBytes;
import io.vedfolnir.queue.codec.PyFrozenSet;
import io.vedfolnir.queue.codec.PyTuple;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Records of the application to plain values of the codec, and back.
 *
 * <p>Writing takes records apart by their components and leaves all else to the serializer, which
 * knows what it can carry. Reading is strict for arguments (a name that is no component is an
 * error, as in Python) and lenient for results.
 */
public final class RecordValues {

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private static final JsonMapper LENIENT =
      STRICT.rebuild().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private RecordValues() {}

  /** The components as keyword arguments. */
  static Map<String, @Nullable Object> kwargs(Record arguments) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (RecordComponent component : arguments.getClass().getRecordComponents()) {
      values.put(component.getName(), plain(read(component, arguments)));
    }
    return values;
  }

  /** A value that the serializer may carry: records as maps, enums as their names. */
  public static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Record composite && !isOfCodec(composite)) {
      return kwargs(composite);
    }
    if (value instanceof Optional<?> optional) {
      return plain(optional.orElse(null));
    }
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    if (value instanceof Map<?, ?> map) {
      Map<@Nullable Object, @Nullable Object> plain = new LinkedHashMap<>();
      map.forEach((key, element) -> plain.put(plain(key), plain(element)));
      return plain;
    }
    if (value instanceof Set<?> set) {
      Set<@Nullable Object> plain = new LinkedHashSet<>();
      set.forEach(element -> plain.add(plain(element)));
      return plain;
    }
    if (value instanceof Collection<?> collection) {
      List<@Nullable Object> plain = new ArrayList<>();
      collection.forEach(element -> plain.add(plain(element)));
      return plain;
    }
    if (value != null && value.getClass().isArray() && !(value instanceof byte[])) {
      List<@Nullable Object> plain = new ArrayList<>();
      for (int i = 0; i < Array.getLength(value); i++) {
        plain.add(plain(Array.get(value, i)));
      }
      return plain;
    }
    return value;
  }

  /**
   * The record of a call's arguments: keywords by name, positions in the order of the components.
   *
   * @throws IllegalArgumentException if they do not fit; the message names components, no values
   */
  public static <A extends Record> A arguments(RemoteCall call, Class<A> type) {
    RecordComponent[] components = type.getRecordComponents();
    if (call.args().size() > components.length) {
      throw new IllegalArgumentException(
          call.function()
              + " takes "
              + components.length
              + " arguments, not "
              + call.args().size());
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (int i = 0; i < call.args().size(); i++) {
      values.put(components[i].getName(), foreign(call.args().get(i)));
    }
    call.kwargs()
        .forEach(
            (name, value) -> {
              if (values.containsKey(name)) {
                throw new IllegalArgumentException(
                    call.function() + " got two values for argument " + name);
              }
              values.put(name, foreign(value));
            });
    return convert(STRICT, values, type, call.function() + " was called with other arguments");
  }

  /**
   * A return value as this class.
   *
   * @throws IllegalArgumentException if it does not fit; the message holds no values
   */
  static <R> R result(Object value, Class<R> type) {
    Object plain = foreign(value);
    return type.isInstance(plain)
        ? type.cast(plain)
        : convert(LENIENT, plain, type, "the value is of another shape");
  }

  private static <T> T convert(
      JsonMapper mapper, @Nullable Object value, Class<T> type, String otherwise) {
    try {
      return mapper.convertValue(value, type);
    } catch (RuntimeException e) {
      // Jackson's own message repeats the value, which may be private.
      throw new IllegalArgumentException(
          otherwise
              + " than "
              + type.getSimpleName()
              + " takes ("
              + e.getClass().getSimpleName()
              + ")");
    }
  }

  private static @Nullable Object foreign(@Nullable Object value) {
    if (value instanceof PyTuple tuple) {
      return foreign(tuple.items());
    }
    if (value instanceof PyFrozenSet set) {
      return foreign(set.items());
    }
    if (value instanceof PyBytes bytes) {
      return bytes.toByteArray();
    }
    if (value instanceof Map<?, ?> map) {
      Map<@Nullable Object, @Nullable Object> plain = new LinkedHashMap<>();
      map.forEach((key, element) -> plain.put(foreign(key), foreign(element)));
      return plain;
    }
    if (value instanceof Collection<?> collection) {
      List<@Nullable Object> plain = new ArrayList<>();
      collection.forEach(element -> plain.add(foreign(element)));
      return plain;
    }
    return value;
  }

  private static boolean isOfCodec(Record value) {
    return value.getClass().getPackage() == PyTuple.class.getPackage();
  }

  private static @Nullable Object read(RecordComponent component, Record value) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(value);
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(
          "the record " + value.getClass().getName() + " is not open to reflection", e);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "component " + component.getName() + " of the record cannot be read", e.getCause());
    }
  }
}
