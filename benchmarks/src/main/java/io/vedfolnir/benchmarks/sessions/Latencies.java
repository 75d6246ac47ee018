// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks.sessions;

/** Times of one thread, counted in steps of half a microsecond up to 100 ms. */
final class Latencies {

  private static final int STEP_NANOS = 500;
  private static final int STEPS = 200_000;

  private final int[] counts = new int[STEPS];
  private long total;

  void add(long nanos) {
    counts[(int) Math.min(nanos / STEP_NANOS, STEPS - 1)]++;
    total++;
  }

  void addAll(Latencies others) {
    for (int i = 0; i < STEPS; i++) {
      counts[i] += others.counts[i];
    }
    total += others.total;
  }

  long total() {
    return total;
  }

  double micros(double share) {
    long wanted = Math.max(1, (long) Math.ceil(share * total));
    long seen = 0;
    for (int i = 0; i < STEPS; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return (i + 0.5) * STEP_NANOS / 1_000;
      }
    }
    return 0;
  }
}
