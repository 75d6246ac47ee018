// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Python's encodings of str: UTF-8 that lets lone surrogates pass, and the escapes of protocol 0.
 */
final class PythonText {
  private PythonText() {}

  static String fromUtf8(byte[] bytes, int offset, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, offset, length))
          .toString();
    } catch (CharacterCodingException e) {
      return fromUtf8WithSurrogates(bytes, offset, offset + length);
    }
  }

  static byte[] toUtf8(String text) {
    if (text.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + 16);
    text.codePoints()
        .forEach(
            point -> {
              if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                out.write(0xe0 | point >> 12);
                out.write(0x80 | (point >> 6 & 0x3f));
                out.write(0x80 | (point & 0x3f));
              } else {
                out.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
              }
            });
    return out.toByteArray();
  }

  private static String fromUtf8WithSurrogates(byte[] bytes, int from, int to) {
    StringBuilder text = new StringBuilder(to - from);
    int at = from;
    int clean = from;
    while (at < to) {
      if (isSurrogate(bytes, at, to)) {
        if (clean < at) {
          text.append(strictUtf8(bytes, clean, at));
        }
        text.append((char) (0xd000 | (bytes[at + 1] & 0x3f) << 6 | (bytes[at + 2] & 0x3f)));
        at += 3;
        clean = at;
      } else {
        at++;
      }
    }
    return text.append(strictUtf8(bytes, clean, to)).toString();
  }

  private static boolean isSurrogate(byte[] bytes, int at, int to) {
    return (bytes[at] & 0xff) == 0xed
        && at + 2 < to
        && (bytes[at + 1] & 0xe0) == 0xa0
        && (bytes[at + 2] & 0xc0) == 0x80;
  }

  private static String strictUtf8(byte[] bytes, int from, int to) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, to - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw PayloadRefusedException.malformed("text is not UTF-8");
    }
  }

  /** Python's raw-unicode-escape: Latin-1 with {@code \}{@code u0000} and {@code \U00000000}. */
  static String fromRawUnicodeEscape(String line) {
    int backslash = line.indexOf('\\');
    if (backslash < 0) {
      return line;
    }
    StringBuilder text = new StringBuilder(line.length());
    int at = 0;
    while (at < line.length()) {
      char c = line.charAt(at++);
      if (c != '\\' || at == line.length()) {
        text.append(c);
        continue;
      }
      char kind = line.charAt(at++);
      if (kind == 'u' || kind == 'U') {
        int width = kind == 'u' ? 4 : 8;
        appendPoint(text, hex(line, at, width));
        at += width;
      } else {
        text.append(c).append(kind);
      }
    }
    return text.toString();
  }

  /**
   * JSON with its escaped surrogates as bare characters. Python takes lone ones anywhere, Jackson
   * not in the escapes of property names; bare ones it passes on as they are.
   */
  static String withBareSurrogates(String json) {
    int at = json.indexOf('\\');
    if (at < 0) {
      return json;
    }
    StringBuilder bare = new StringBuilder(json.length());
    int copied = 0;
    while (at >= 0) {
      int end = at + 2;
      if (isEscapedSurrogate(json, at)) {
        end = at + 6;
        bare.append(json, copied, at).append((char) hex(json, at + 2, 4));
        copied = end;
      }
      at = json.indexOf('\\', end);
    }
    return bare.append(json, copied, json.length()).toString();
  }

  private static boolean isEscapedSurrogate(String json, int at) {
    return at + 6 <= json.length()
        && json.charAt(at + 1) == 'u'
        && (json.charAt(at + 2) | 0x20) == 'd'
        && "89abcdefABCDEF".indexOf(json.charAt(at + 3)) >= 0
        && Character.digit(json.charAt(at + 4), 16) >= 0
        && json.charAt(at + 4) < 0x80
        && Character.digit(json.charAt(at + 5), 16) >= 0
        && json.charAt(at + 5) < 0x80;
  }

  /** A Python 2 string literal with its quotes; ASCII once its escapes are undone. */
  static String fromQuoted(String line) {
    String quoted = line.strip();
    int last = quoted.length() - 1;
    if (last < 1
        || quoted.charAt(0) != quoted.charAt(last)
        || "'\"".indexOf(quoted.charAt(0)) < 0) {
      throw PayloadRefusedException.malformed("a string has no quotes");
    }
    StringBuilder text = new StringBuilder(last);
    int at = 1;
    while (at < last) {
      int c = quoted.charAt(at++);
      if (c == '\\' && at < last) {
        char kind = quoted.charAt(at++);
        if (kind == 'x') {
          c = hex(quoted, at, 2);
          at += 2;
        } else {
          int simple = "\\'\"nrtabfv".indexOf(kind);
          c = simple < 0 ? -1 : "\\'\"\n\r\t\u0007\b\f\u000b".charAt(simple);
        }
      }
      if (c < 0 || c > 0x7f || at > last) {
        throw PayloadRefusedException.malformed("a Python 2 string is not ASCII");
      }
      text.append((char) c);
    }
    return text.toString();
  }

  private static void appendPoint(StringBuilder text, int point) {
    if (!Character.isValidCodePoint(point)) {
      throw PayloadRefusedException.malformed("text holds an impossible character");
    }
    text.appendCodePoint(point);
  }

  private static int hex(String text, int from, int width) {
    if (from + width > text.length()) {
      throw PayloadRefusedException.malformed("an escape is cut off");
    }
    long value = 0;
    for (int i = from; i < from + width; i++) {
      char c = text.charAt(i);
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw PayloadRefusedException.malformed("an escape has no hexadecimal digits");
      }
      value = value << 4 | digit;
    }
    return value > Character.MAX_CODE_POINT ? -1 : (int) value;
  }
}
