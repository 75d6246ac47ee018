// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.io.StringReader;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/** JSON into values, token by token, with the containers that are open on a stack of our own. */
final class JsonReader {
  private final PayloadLimits limits;
  private final JsonFactory factory;

  JsonReader(PayloadLimits limits) {
    this.limits = limits;
    this.factory =
        JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(limits.maxDepth() + 1)
                    .maxNumberLength(limits.maxDigits() + 1)
                    .maxStringLength(limits.maxInflated())
                    .maxNameLength(limits.maxInflated())
                    .build())
            .build();
  }

  @Nullable Object read(byte[] payload) {
    String text = PythonText.withBareSurrogates(text(payload));
    try (JsonParser parser =
        factory.createParser(ObjectReadContext.empty(), new StringReader(text))) {
      Object value = new Walk(parser).value();
      if (parser.nextToken() != null) {
        throw PayloadRefusedException.malformed("something follows the JSON value");
      }
      return value;
    } catch (StreamConstraintsException e) {
      // Depth, text and names are checked here or bounded by the payload; numbers are what is left.
      throw PayloadRefusedException.tooManyDigits(limits.maxDigits());
    } catch (JacksonException e) {
      // Without the cause: its message quotes the payload.
      throw PayloadRefusedException.malformed("it is not JSON");
    }
  }

  private static String text(byte[] payload) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
      if (text.startsWith("\ufeff")) {
        throw PayloadRefusedException.malformed("it starts with a byte order mark");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw PayloadRefusedException.malformed("it is not UTF-8");
    }
  }

  private final class Walk {
    private final JsonParser parser;
    private final Deque<Open> path = new ArrayDeque<>();
    private int nodes;

    Walk(JsonParser parser) {
      this.parser = parser;
    }

    @Nullable Object value() {
      while (true) {
        JsonToken token = parser.nextToken();
        if (token == null) {
          throw PayloadRefusedException.malformed("it ends within the JSON value");
        }
        Object done;
        switch (token) {
          case START_OBJECT, START_ARRAY -> {
            open(token == JsonToken.START_OBJECT);
            continue;
          }
          case END_OBJECT, END_ARRAY -> done = path.pop().close();
          default -> done = scalar(token);
        }
        if (path.isEmpty()) {
          return done;
        }
        path.element().children.add(done);
      }
    }

    private void open(boolean object) {
      count();
      if (path.size() == limits.maxDepth()) {
        throw PayloadRefusedException.tooDeep(limits.maxDepth());
      }
      path.push(new Open(object));
    }

    private @Nullable Object scalar(JsonToken token) {
      count();
      return switch (token) {
        case PROPERTY_NAME -> parser.currentName();
        case VALUE_STRING -> parser.getString();
        case VALUE_NUMBER_INT -> integer(parser.getString());
        case VALUE_NUMBER_FLOAT -> floating(parser.getString());
        case VALUE_TRUE -> true;
        case VALUE_FALSE -> false;
        case VALUE_NULL -> null;
        default -> throw PayloadRefusedException.malformed("it is not JSON");
      };
    }

    private Object integer(String digits) {
      requireDigits(digits);
      return digits.length() < 19
          ? (Object) Long.valueOf(digits)
          : PickleNumbers.narrowed(new BigInteger(digits));
    }

    private Object floating(String number) {
      requireDigits(number);
      return switch (number) {
        case "NaN" -> Double.NaN;
        case "Infinity" -> Double.POSITIVE_INFINITY;
        case "-Infinity" -> Double.NEGATIVE_INFINITY;
        // Jackson knows more names of infinity than Python does.
        default -> {
          if (number.indexOf('I') >= 0) {
            throw PayloadRefusedException.malformed("it is not JSON");
          }
          yield Double.valueOf(number);
        }
      };
    }

    private void requireDigits(String number) {
      if (number.length() - (number.startsWith("-") ? 1 : 0) > limits.maxDigits()) {
        throw PayloadRefusedException.tooManyDigits(limits.maxDigits());
      }
    }

    private void count() {
      if (++nodes > limits.maxNodes()) {
        throw PayloadRefusedException.tooManyNodes(limits.maxNodes());
      }
    }
  }

  /** A container whose end has not come yet. */
  private static final class Open {
    final boolean object;
    final List<@Nullable Object> children = new ArrayList<>();

    Open(boolean object) {
      this.object = object;
    }

    Object close() {
      return object ? PyKeys.map(children) : children;
    }
  }
}
