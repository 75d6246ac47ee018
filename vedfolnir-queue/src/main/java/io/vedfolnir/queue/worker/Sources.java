// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.WorkerSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Which queues may have jobs, and how many to ask each for. A queue is asked until it gives less
 * than it was asked for; after that {@link WakeUp} says when it has something again.
 */
final class Sources {

  private static final int LARGEST_BATCH = 128;

  private final List<String> queues;
  private final WorkerSettings.Order order;
  private final Set<String> promising = ConcurrentHashMap.newKeySet();
  private int batch = 1;
  private int turn;

  Sources(WorkerSettings settings) {
    this.queues = settings.queues();
    this.order = settings.order();
    promising.addAll(queues);
  }

  /** This queue may have a job; from any thread. */
  void mayHave(String queue) {
    promising.add(queue);
  }

  /** Every queue may have a job. */
  void mayAllHave() {
    promising.addAll(queues);
  }

  boolean areExhausted() {
    return promising.isEmpty();
  }

  /** The queues that have nothing, as far as is known. */
  List<String> empty() {
    return queues.stream().filter(queue -> !promising.contains(queue)).toList();
  }

  /** How many ids to ask each queue for; together not more than there are free slots. */
  Map<String, Integer> plan(int free) {
    List<String> hopeful = queues.stream().filter(promising::contains).toList();
    int wanted = Math.min(free, batch);
    Map<String, Integer> plan = new LinkedHashMap<>();
    if (hopeful.isEmpty() || wanted == 0) {
      return plan;
    }
    if (order == WorkerSettings.Order.PRIORITY) {
      plan.put(hopeful.get(0), wanted);
      return plan;
    }
    List<String> deal = new ArrayList<>(hopeful);
    if (order == WorkerSettings.Order.RANDOM) {
      Collections.shuffle(deal, ThreadLocalRandom.current());
    }
    for (int i = 0; i < wanted; i++) {
      plan.merge(deal.get(Math.floorMod(turn++, deal.size())), 1, Integer::sum);
    }
    return plan;
  }

  // The batch grows while there is plenty, so that a full queue is drained in few round trips, and
  // an idle worker does not ask 64 times for one job.
  void gave(String queue, int asked, int given) {
    if (given < asked) {
      promising.remove(queue);
      batch = 1;
    } else {
      batch = Math.min(Math.max(batch, asked) * 2, LARGEST_BATCH);
    }
  }
}
