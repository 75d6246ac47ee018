// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What was found on a server before anything depends on it: one row for each thing that sessions
 * and jobs need, probed rather than assumed, and without CONFIG, which the hardened server hides.
 *
 * @param items the rows
 */
public record Preflight(List<Item> items) {

  /** How much a row matters. */
  public enum Severity {
    /** As it should be. */
    OK,
    /** Works, with a loss that the advice names. */
    WARNING,
    /** Something will fail or be lost. */
    ERROR
  }

  /**
   * One row.
   *
   * @param name what was looked at
   * @param found what is there
   * @param expected what should be there
   * @param severity how much it matters
   * @param advice what to do about it; empty when nothing
   */
  public record Item(
      String name, String found, String expected, Severity severity, String advice) {}

  /** Copies the rows. */
  public Preflight {
    items = List.copyOf(items);
  }

  static Preflight of(RedisAccess redis, String keyPrefix) {
    return new Preflight(new Probe(redis, keyPrefix).run());
  }

  /** True if no row is an error. */
  public boolean isPassed() {
    return items.stream().noneMatch(item -> item.severity() == Severity.ERROR);
  }

  /** One line a row, worst news included; fit for a log. */
  @Override
  public String toString() {
    return items.stream()
        .map(
            item ->
                String.format(
                    "%-7s %s: %s (expected %s)%s",
                    item.severity(),
                    item.name(),
                    item.found(),
                    item.expected(),
                    item.advice().isEmpty() ? "" : ". " + item.advice()))
        .collect(Collectors.joining("\n"));
  }
}
