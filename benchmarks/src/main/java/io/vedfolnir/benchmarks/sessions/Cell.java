// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks.sessions;

/**
 * One measurement.
 *
 * @param opsPerSecond operations a second, all threads together
 * @param p50Micros half of the operations took no longer
 * @param p99Micros 99 of 100 operations took no longer
 * @param commands commands that Redis ran for one operation
 * @param reads how often Redis read from a socket for one operation: the round trips, at one thread
 * @param bytes bytes to and from Redis for one operation
 */
record Cell(
    Verb verb,
    int threads,
    double opsPerSecond,
    double p50Micros,
    double p99Micros,
    double commands,
    double reads,
    double bytes) {

  String line() {
    return String.join(
        "\t",
        verb.name(),
        Integer.toString(threads),
        Double.toString(opsPerSecond),
        Double.toString(p50Micros),
        Double.toString(p99Micros),
        Double.toString(commands),
        Double.toString(reads),
        Double.toString(bytes));
  }

  static Cell of(String line) {
    String[] words = line.split("\t", -1);
    return new Cell(
        Verb.valueOf(words[0]),
        Integer.parseInt(words[1]),
        Double.parseDouble(words[2]),
        Double.parseDouble(words[3]),
        Double.parseDouble(words[4]),
        Double.parseDouble(words[5]),
        Double.parseDouble(words[6]),
        Double.parseDouble(words[7]));
  }
}
