// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

/** Failures as Python prints them, since that is what people and tools read in RQ. */
final class ExceptionText {

  private static final int MOST_FRAMES = 60;
  private static final int LONGEST_MESSAGE = 10_000;

  private ExceptionText() {}

  /** A traceback; its last line is {@code the.Exception: message}. */
  static String of(Throwable failure) {
    StringBuilder text = new StringBuilder();
    append(text, failure, 0);
    return text.toString();
  }

  /** A failure without a place in Java. */
  static String of(String name, String message) {
    return name + ": " + message + "\n";
  }

  private static void append(StringBuilder text, Throwable failure, int depth) {
    Throwable cause = failure.getCause();
    if (cause != null && cause != failure && depth < 5) {
      append(text, cause, depth + 1);
      text.append("\nThe above exception was the direct cause of the following exception:\n\n");
    }
    text.append("Traceback (most recent call last):\n");
    StackTraceElement[] frames = failure.getStackTrace();
    for (int i = Math.min(frames.length, MOST_FRAMES) - 1; i >= 0; i--) {
      text.append("  File \"")
          .append(frames[i].getFileName())
          .append("\", line ")
          .append(Math.max(frames[i].getLineNumber(), 0))
          .append(", in ")
          .append(frames[i].getClassName())
          .append('.')
          .append(frames[i].getMethodName())
          .append('\n');
    }
    text.append(failure.getClass().getName());
    String message = failure.getMessage();
    if (message != null && !message.isEmpty()) {
      text.append(": ").append(message, 0, Math.min(message.length(), LONGEST_MESSAGE));
    }
    text.append('\n');
  }
}
