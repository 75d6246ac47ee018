// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

/** Opcodes into bytes. The header says protocol 2 until bytes make it 3. */
final class PickleOutput {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);
  private final WriteBudget budget;
  private boolean holdsBytes;

  PickleOutput(WriteBudget budget) {
    this.budget = budget;
    out.write(0x80);
    out.write(2);
  }

  byte[] finish() {
    opcode('.');
    budget.bytes(out.size());
    byte[] pickle = out.toByteArray();
    pickle[1] = (byte) (holdsBytes ? 3 : 2);
    return pickle;
  }

  void opcode(int opcode) {
    out.write(opcode);
  }

  void text(String text) {
    // One byte a character at least: huge text is refused before it is encoded.
    budget.bytes((long) out.size() + text.length());
    byte[] utf8 = PythonText.toUtf8(text);
    budget.bytes((long) out.size() + utf8.length);
    opcode('X');
    littleEndian(utf8.length, 4);
    out.writeBytes(utf8);
  }

  void bytes(byte[] bytes) {
    budget.bytes((long) out.size() + bytes.length);
    holdsBytes = true;
    if (bytes.length < 256) {
      opcode('C');
      out.write(bytes.length);
    } else {
      opcode('B');
      littleEndian(bytes.length, 4);
    }
    out.writeBytes(bytes);
  }

  void integer(long value) {
    if (value >= 0 && value < 256) {
      opcode('K');
      out.write((int) value);
    } else if (value == (int) value) {
      opcode('J');
      littleEndian((int) value, 4);
    } else {
      integer(BigInteger.valueOf(value));
    }
  }

  void integer(BigInteger value) {
    byte[] bigEndian = value.toByteArray();
    if (bigEndian.length < 256) {
      opcode(0x8a);
      out.write(bigEndian.length);
    } else {
      opcode(0x8b);
      littleEndian(bigEndian.length, 4);
    }
    for (int i = bigEndian.length - 1; i >= 0; i--) {
      out.write(bigEndian[i]);
    }
  }

  void floating(double value) {
    opcode('G');
    long bits = Double.doubleToLongBits(value);
    for (int shift = 56; shift >= 0; shift -= 8) {
      out.write((int) (bits >>> shift));
    }
  }

  void global(String module, String name) {
    opcode('c');
    for (int i = 0; i < module.length(); i++) {
      out.write(module.charAt(i));
    }
    out.write('\n');
    for (int i = 0; i < name.length(); i++) {
      out.write(name.charAt(i));
    }
    out.write('\n');
  }

  /** Closes the arguments since the last mark and calls what is below them. */
  void tupleAndCall() {
    opcode('t');
    opcode('R');
  }

  void textCall(String module, String name, String argument) {
    global(module, name);
    opcode('(');
    text(argument);
    tupleAndCall();
  }

  private void littleEndian(int value, int width) {
    for (int i = 0; i < width; i++) {
      out.write(value >>> (8 * i));
    }
  }
}
