// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit.python;

/**
 * A line of RQ releases that is tested against.
 *
 * @param prefix how its versions begin
 * @param pin the version that is installed
 * @param variable the environment variable that names an interpreter
 */
record RqLine(String prefix, String pin, String variable) {

  static RqLine of(String line) {
    return switch (line) {
      case "2" -> new RqLine("2.", "2.12.0", "VEDFOLNIR_PYTHON_RQ2");
      case "1.16" -> new RqLine("1.16.", "1.16.2", "VEDFOLNIR_PYTHON_RQ1");
      case "1.13" -> new RqLine("1.13", "1.13.0", "VEDFOLNIR_PYTHON_RQ113");
      default -> throw new IllegalArgumentException("RQ lines are 2, 1.16 and 1.13, not " + line);
    };
  }
}
