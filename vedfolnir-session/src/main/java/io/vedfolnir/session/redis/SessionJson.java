// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionException.Unreadable;
import io.vedfolnir.session.SessionException.Unreadable.Reason;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * Session documents to and from bytes, without touching what is inside their fields.
 *
 * <p>Reading cuts the document into the texts of its fields; a parser finds where they begin and
 * end, and checks them by the way. What Python's {@code json} accepts is accepted: {@code NaN} and
 * {@code Infinity}, numbers of any length, lone surrogates, the last of several equal names. One
 * exception: the parser refuses a name, at any depth, that holds half of a surrogate pair.
 * Thread-safe; nothing recurses.
 */
final class SessionJson {

  static final int MAX_DEPTH = 500;

  private static final Set<String> NOT_A_NUMBER = Set.of("NaN", "Infinity", "-Infinity");

  private final int maxBytes;
  private final JsonFactory json;

  SessionJson(int maxBytes) {
    this.maxBytes = maxBytes;
    // The size of the document bounds its tokens, and none of them is converted.
    StreamReadConstraints limits =
        StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH)
            .maxNameLength(maxBytes)
            .maxNumberLength(maxBytes)
            .maxStringLength(maxBytes)
            .build();
    this.json =
        JsonFactory.builder()
            .streamReadConstraints(limits)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .build();
  }

  /** The session that the bytes describe. */
  Session read(String id, byte[] document) {
    if (document.length > maxBytes) {
      throw new Unreadable(Reason.TOO_LARGE);
    }
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document));
      return Session.of(id, fields(text.toString()));
    } catch (CharacterCodingException e) {
      throw new Unreadable(Reason.NOT_JSON);
    } catch (StreamConstraintsException e) {
      throw new Unreadable(Reason.TOO_DEEP); // the other limits are those of the size
    } catch (JacksonException e) {
      throw new Unreadable(Reason.NOT_JSON);
    }
  }

  /**
   * The bytes of a session.
   *
   * @param before the fields that were read; only those that differ are checked
   * @throws IllegalArgumentException if one of them is not one JSON value, or all are too long
   */
  byte[] write(Session session, Map<String, String> before) {
    session
        .fields()
        .forEach(
            (name, text) -> {
              if (!text.equals(before.get(name)) && !isValue(text)) {
                throw new IllegalArgumentException(
                    "the attribute " + name + " is not one JSON value");
              }
            });
    byte[] document = encode(session.toJson());
    if (document.length > maxBytes) {
      throw new IllegalArgumentException(
          "the session would have "
              + document.length
              + " bytes; at most "
              + maxBytes
              + " are allowed. Keep large things elsewhere, or raise maxDocumentBytes");
    }
    return document;
  }

  private Map<String, String> fields(String document) {
    char[] chars = document.toCharArray();
    try (JsonParser parser = parser(chars)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new Unreadable(Reason.NOT_JSON);
      }
      Map<String, String> fields = new LinkedHashMap<>();
      if (first == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          int start = offset(parser.currentTokenLocation().getCharOffset());
          skipValue(parser);
          int end = offset(parser.currentLocation().getCharOffset());
          fields.put(name, new String(chars, start, end - start));
        }
      } else {
        skipValue(parser);
      }
      if (parser.nextToken() != null) {
        throw new Unreadable(Reason.NOT_JSON);
      }
      if (first != JsonToken.START_OBJECT) {
        throw new Unreadable(Reason.NOT_AN_OBJECT);
      }
      return fields;
    }
  }

  private boolean isValue(String text) {
    try (JsonParser parser = parser(text.toCharArray())) {
      if (parser.nextToken() == null) {
        return false;
      }
      skipValue(parser);
      return text.equals(text.strip()) && parser.nextToken() == null;
    } catch (JacksonException | Unreadable e) {
      return false;
    }
  }

  /** Goes to the end of the value at which the parser stands. */
  private static void skipValue(JsonParser parser) {
    int depth = 0;
    while (true) {
      JsonToken token = parser.currentToken();
      if (token == null) {
        throw new Unreadable(Reason.NOT_JSON);
      }
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token == JsonToken.VALUE_STRING) {
        parser.getStringLength(); // strings are read to their end only when they are asked for
      } else if (token == JsonToken.VALUE_NUMBER_FLOAT
          && parser.isNaN()
          && !NOT_A_NUMBER.contains(parser.getString())) {
        throw new Unreadable(Reason.NOT_JSON);
      }
      if (depth == 0) {
        return;
      }
      parser.nextToken();
    }
  }

  private JsonParser parser(char[] chars) {
    return json.createParser(ObjectReadContext.empty(), chars, 0, chars.length);
  }

  private static int offset(long charOffset) {
    return Math.toIntExact(charOffset);
  }

  private static byte[] encode(String text) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] exact = new byte[bytes.remaining()];
      bytes.get(exact);
      return exact;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "an attribute has half of a surrogate pair in its JSON text; escape it as \\uXXXX", e);
    }
  }
}
