// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/** Reads a complete request as a sentence: its words joined by single spaces. */
final class RequestWords {
  private RequestWords() {}

  /** The words of an array of bulk strings; an inline command is taken as it is. */
  static String of(byte[] request) {
    if (request[0] != '*') {
      return new String(request, UTF_8).strip();
    }
    List<String> words = new ArrayList<>();
    int at = endOfLine(request, 0);
    while (at < request.length) {
      int start = endOfLine(request, at);
      int length = Integer.parseInt(new String(request, at + 1, start - at - 3, ISO_8859_1));
      words.add(new String(request, start, length, UTF_8));
      at = start + length + 2;
    }
    return String.join(" ", words);
  }

  /** The index behind the next line break. */
  private static int endOfLine(byte[] bytes, int from) {
    int at = from;
    while (bytes[at] != '\n') {
      at++;
    }
    return at + 1;
  }
}
