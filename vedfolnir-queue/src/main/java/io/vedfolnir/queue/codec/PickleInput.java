// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle with a position. Every length is checked before anything is allocated. */
final class PickleInput {
  private final byte[] bytes;
  private int position;

  PickleInput(byte[] bytes) {
    this.bytes = bytes;
  }

  int unsignedByte() {
    return bytes[advance(1)] & 0xff;
  }

  int unsignedShort() {
    int at = advance(2);
    return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
  }

  int signedInt() {
    return (int) littleEndian(4);
  }

  long unsignedInt() {
    return littleEndian(4) & 0xffff_ffffL;
  }

  /** A 64-bit length; beyond 63 bits it comes out negative and is refused as any negative one. */
  long longLength() {
    return littleEndian(8);
  }

  double bigEndianDouble() {
    int at = advance(8);
    long bits = 0;
    for (int i = 0; i < 8; i++) {
      bits = bits << 8 | (bytes[at + i] & 0xff);
    }
    return Double.longBitsToDouble(bits);
  }

  byte[] take(long length) {
    int at = advance(length);
    byte[] taken = new byte[(int) length];
    System.arraycopy(bytes, at, taken, 0, taken.length);
    return taken;
  }

  String utf8(long length) {
    int at = advance(length);
    return PythonText.fromUtf8(bytes, at, (int) length);
  }

  String ascii(long length) {
    int at = advance(length);
    for (int i = 0; i < length; i++) {
      if (bytes[at + i] < 0) {
        throw PayloadRefusedException.malformed("a Python 2 string is not ASCII");
      }
    }
    return new String(bytes, at, (int) length, StandardCharsets.ISO_8859_1);
  }

  /** Two's complement, least byte first; no bytes are zero. */
  BigInteger integer(long length) {
    int at = advance(length);
    byte[] bigEndian = new byte[(int) length];
    for (int i = 0; i < length; i++) {
      bigEndian[bigEndian.length - 1 - i] = bytes[at + i];
    }
    return length == 0 ? BigInteger.ZERO : new BigInteger(bigEndian);
  }

  /** Up to and without the next newline, one character a byte. */
  String line() {
    int end = position;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    if (end == bytes.length) {
      throw PayloadRefusedException.malformed("it ends within a line");
    }
    String line = new String(bytes, position, end - position, StandardCharsets.ISO_8859_1);
    position = end + 1;
    return line;
  }

  void requireAvailable(long length) {
    if (length < 0 || length > bytes.length - position) {
      throw PayloadRefusedException.malformed("a length goes past its end");
    }
  }

  private long littleEndian(int width) {
    int at = advance(width);
    long value = 0;
    for (int i = width - 1; i >= 0; i--) {
      value = value << 8 | (bytes[at + i] & 0xff);
    }
    return value;
  }

  private int advance(long length) {
    requireAvailable(length);
    int at = position;
    position += (int) length;
    return at;
  }
}
