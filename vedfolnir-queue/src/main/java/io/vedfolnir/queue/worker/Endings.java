// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import static io.vedfolnir.queue.rq.RqKeys.bytes;

import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.redis.Pipeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs that are over, on their way to being recorded: many in one transaction, each only while it
 * is still ours.
 *
 * <p>The fence is the run's entry in the registry of started jobs, together with the job's hash.
 * Whoever takes a job away (maintenance, stop, cancel, delete) removes the one or the other in a
 * transaction that changes the hash, and the hash is watched. The execution's own key is no fence:
 * it has a TTL, so a full Redis may evict it under a worker that lives.
 *
 * <p>{@link #add} from any thread, the rest on the main thread.
 */
final class Endings {

  private static final Logger log = LoggerFactory.getLogger(Endings.class);

  /** What became of an ending; the flag says whether it was recorded. */
  private final BiConsumer<Ending, Boolean> settled;

  private final RqKeys keys;
  private final Completion completion;
  private final Queue<Ending> arrived = new ConcurrentLinkedQueue<>();
  private final AtomicInteger open = new AtomicInteger();
  private final List<Ending> waiting = new ArrayList<>();
  private final List<Ending> decided = new ArrayList<>();
  private boolean oneByOne;

  Endings(Workshop workshop, Dependents dependents, BiConsumer<Ending, Boolean> settled) {
    this.keys = workshop.keys();
    this.completion = new Completion(workshop, dependents);
    this.settled = settled;
  }

  /** A run is over. */
  void add(Ending ending) {
    open.incrementAndGet();
    arrived.add(ending);
  }

  /** How many are not recorded yet. */
  int size() {
    return open.get();
  }

  boolean hasDecided() {
    return !decided.isEmpty();
  }

  /** The endings of the next look, at most so many. */
  List<Ending> readyToLook(int most) {
    for (Ending next = arrived.poll(); next != null; next = arrived.poll()) {
      waiting.add(next);
    }
    return List.copyOf(waiting.subList(0, Math.min(most, waiting.size())));
  }

  /**
   * Asks whether these runs, whose jobs are watched in this round, are still ours.
   *
   * @return to be run only if everything that is watched in this round is
   */
  Runnable look(Pipeline round, List<Ending> endings, Consumer<RuntimeException> trouble) {
    Map<String, List<Ending>> byQueue = new HashMap<>();
    endings.forEach(
        ending ->
            byQueue
                .computeIfAbsent(ending.execution().queue(), queue -> new ArrayList<>())
                .add(ending));
    List<Runnable> receipts = new ArrayList<>();
    receipts.add(() -> oneByOne = false);
    byQueue.forEach((queue, ours) -> receipts.add(look(round, queue, ours, trouble)));
    return () -> receipts.forEach(Runnable::run);
  }

  private Runnable look(
      Pipeline round, String queue, List<Ending> endings, Consumer<RuntimeException> trouble) {
    Reply<List<Double>> scores =
        new Reply<>(
            round.read(
                commands ->
                    commands.zmscore(
                        keys.started(queue),
                        endings.stream().map(this::member).toArray(byte[][]::new))));
    List<Reply<Long>> jobs = countJobs(round, endings);
    return () -> {
      boolean known = true;
      for (Reply<?> reply : Stream.concat(Stream.of(scores), jobs.stream()).toList()) {
        reply.failure().ifPresent(trouble);
        known &= reply.failure().isEmpty();
      }
      List<Double> leases = known ? scores.value() : null;
      if (leases != null) {
        decide(endings, leases, jobs.stream().map(Endings::count).toList());
      }
    };
  }

  // One EXISTS for all tells that all are there, which is nearly always so.
  private List<Reply<Long>> countJobs(Pipeline round, List<Ending> endings) {
    List<String> jobs = endings.stream().map(ending -> keys.job(ending.execution().id())).toList();
    return oneByOne
        ? jobs.stream()
            .map(job -> new Reply<>(round.read(commands -> commands.exists(job))))
            .toList()
        : List.of(
            new Reply<>(round.read(commands -> commands.exists(jobs.toArray(String[]::new)))));
  }

  private static long count(Reply<Long> reply) {
    Long count = reply.value();
    return count == null ? 0 : count;
  }

  private void decide(List<Ending> endings, List<Double> leases, List<Long> jobs) {
    boolean allThere = jobs.size() == 1 && jobs.get(0) == endings.size();
    if (!allThere && jobs.size() < endings.size()) {
      oneByOne = true; // somebody's job is gone: whose, the next look tells
      return;
    }
    for (int i = 0; i < endings.size(); i++) {
      Ending ending = endings.get(i);
      waiting.remove(ending);
      if (leases.get(i) != null && (allThere || jobs.get(i) > 0)) {
        decided.add(ending);
      } else {
        if (ending.isInDoubt()) {
          completion.confirmed(ending);
        }
        settle(ending, ending.isInDoubt());
      }
    }
  }

  private byte[] member(Ending ending) {
    return bytes(keys.member(ending.execution().id(), ending.execution().executionId()));
  }

  private void settle(Ending ending, boolean recorded) {
    open.decrementAndGet();
    settled.accept(ending, recorded);
  }

  /** Writes what was decided, inside a transaction. */
  void write(RedisAsyncCommands<String, byte[]> commands) {
    if (!decided.isEmpty()) {
      completion.write(commands, decided);
    }
  }

  /** The transaction went through. */
  void written() {
    List<Ending> done = List.copyOf(decided);
    decided.clear();
    completion.written(done);
    done.forEach(ending -> settle(ending, true));
  }

  /** The transaction did not go through: everything is looked at again. */
  void undecide(boolean inDoubt) {
    if (inDoubt) {
      decided.forEach(Ending::doubt);
    }
    waiting.addAll(0, decided);
    decided.clear();
  }

  /** Gives up the one ending that was decided, since Redis refuses to write it. */
  void giveUp() {
    decided.forEach(
        ending -> {
          log.error(
              "the end of a job of queue {} could not be recorded; others will take it for"
                  + " abandoned",
              ending.execution().queue());
          settle(ending, false);
        });
    decided.clear();
  }
}
