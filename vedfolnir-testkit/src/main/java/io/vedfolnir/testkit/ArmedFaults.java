// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The faults that wait for their request. Thread-safe. */
final class ArmedFaults {
  private final List<ArmedFault> waiting = new CopyOnWriteArrayList<>();

  void add(ArmedFault fault) {
    waiting.add(fault);
  }

  void clear() {
    waiting.forEach(ArmedFault::disarm);
    waiting.clear();
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** The fault for this request; it waits no longer. Those armed after it do not count it. */
  Optional<ArmedFault> take(String request) {
    Optional<ArmedFault> found =
        waiting.stream().filter(fault -> fault.matches(request)).findFirst();
    found.ifPresent(waiting::remove);
    return found;
  }
}
