// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.quickstart;

import java.io.PrintStream;

/** What the reader sees: plain lines, coloured on a terminal only. */
final class Screen {

  private final PrintStream out;
  private final boolean terminal;

  Screen(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Standard output, in colour if somebody looks at it. */
  static Screen standard() {
    boolean wanted = System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
    return new Screen(System.out, wanted && isTerminal());
  }

  /** From Java 22 on there is a console also when there is no terminal, and it can be asked. */
  @SuppressWarnings("SystemConsoleNull") // null before Java 22
  private static boolean isTerminal() {
    Object console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  void title(String text) {
    out.println();
    out.println(terminal ? "\u001b[1m" + text + "\u001b[0m" : text);
  }

  /** One thing and what it is. */
  void line(String name, String value) {
    String padded = String.format("  %-10s", name);
    out.println((terminal ? "\u001b[36m" + padded + "\u001b[0m" : padded) + " " + value);
  }

  /** Work under way: the same line again on a terminal, the end only elsewhere. */
  void progress(String name, int done, int all) {
    if (terminal && done < all) {
      out.print("\r  " + name + " " + "#".repeat(20 * done / all) + " " + done + "/" + all);
      out.flush();
    } else if (done == all) {
      if (terminal) {
        out.print("\r\u001b[2K");
      }
      line(name, "#".repeat(20) + " " + done + "/" + all);
    }
  }
}
