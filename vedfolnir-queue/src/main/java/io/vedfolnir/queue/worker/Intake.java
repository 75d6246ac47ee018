// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.lettuce.core.KeyValue;
import io.lettuce.core.LMoveArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.queue.JobStatus;
import io.vedfolnir.queue.rq.JobHash;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.redis.Pipeline;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.redis.WatchConflictException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings ids from the queues to the point where their handlers can run, all that are under way in
 * one write a round: moved to the intermediate list, measured, looked at, started. Main thread
 * only.
 *
 * <p>A job's payload is measured before it is fetched, since it may be larger than this JVM. The
 * hash is watched from the look to the start, so what is started is what was seen.
 */
final class Intake {

  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  private final Workshop workshop;
  private final RqKeys keys;
  private final Sources sources;

  /** To be told that an id may lie in an intermediate list of which nobody knows. */
  private final Runnable lostMove;

  private final Starts starts;
  private final Unstartable unstartable;
  private final List<Claim> moved = new ArrayList<>();
  private final List<Claim> measured = new ArrayList<>();

  Intake(Workshop workshop, Sources sources, Consumer<Starts.Started> started, Runnable lostMove) {
    this.lostMove = lostMove;
    this.workshop = workshop;
    this.keys = workshop.keys();
    this.sources = sources;
    this.starts = new Starts(workshop, started);
    this.unstartable = new Unstartable(workshop);
  }

  /** How many ids are under way. */
  int size() {
    return moved.size() + measured.size() + starts.size() + unstartable.size();
  }

  /** Whether something waits to be written, guarded by what the round before has watched. */
  boolean hasDecided() {
    return starts.size() + unstartable.size() > 0;
  }

  /** Asks the queues for ids. */
  Runnable move(Pipeline round, int free, Consumer<RuntimeException> trouble) {
    List<Runnable> receipts = new ArrayList<>();
    sources
        .plan(free)
        .forEach(
            (queue, count) -> {
              List<Reply<byte[]>> replies = new ArrayList<>(count);
              for (int i = 0; i < count; i++) {
                replies.add(
                    new Reply<>(
                        round.call(
                            commands ->
                                commands.lmove(
                                    keys.queue(queue),
                                    keys.intermediate(queue),
                                    LMoveArgs.Builder.leftRight()))));
              }
              receipts.add(() -> moved(queue, replies, trouble));
            });
    return () -> receipts.forEach(Runnable::run);
  }

  private void moved(
      String queue, List<Reply<byte[]>> replies, Consumer<RuntimeException> trouble) {
    int given = 0;
    boolean failed = false;
    for (Reply<byte[]> reply : replies) {
      if (reply.failure().isPresent()) {
        failed = true;
        if (reply.isInDoubt()) {
          lostMove.run();
        }
        trouble.accept(reply.failure().get());
        continue;
      }
      byte[] id = reply.value();
      if (id != null) {
        given++;
        moved.add(new Claim(queue, id));
      }
    }
    if (!failed) {
      sources.gave(queue, replies.size(), given);
    }
  }

  /** Asks how large the payloads are. */
  Runnable measure(Pipeline round, Consumer<RuntimeException> trouble) {
    List<Claim> asked = new ArrayList<>();
    List<Reply<Long>> replies = new ArrayList<>();
    for (Claim claim : List.copyOf(moved)) {
      moved.remove(claim);
      if (RqKeys.isJobId(claim.id())) {
        asked.add(claim);
        replies.add(
            new Reply<>(round.read(commands -> commands.hstrlen(keys.job(claim.id()), "data"))));
      } else {
        unstartable.drop(claim, "its id is not one that RQ reads");
      }
    }
    return () -> {
      for (int i = 0; i < asked.size(); i++) {
        measured(asked.get(i), replies.get(i), trouble);
      }
    };
  }

  private void measured(Claim claim, Reply<Long> reply, Consumer<RuntimeException> trouble) {
    if (reply.isRejected()) {
      unstartable.drop(claim, "its key holds no hash");
    } else if (reply.failure().isPresent()) {
      trouble.accept(reply.failure().get());
      moved.add(claim);
    } else {
      Long size = reply.value();
      claim.payload(size == null ? 0 : size);
      measured.add(claim);
    }
  }

  /**
   * Lets a job that has no company skip the measuring: it is measured while it is looked at, and
   * its payload comes with its start. A command more, and a round trip less for who waits for it.
   */
  void hasten() {
    if (moved.size() == 1 && measured.isEmpty() && RqKeys.isJobId(moved.get(0).id())) {
      measured.add(moved.remove(0));
    }
  }

  /** The claims of the next look, at most so many. */
  List<Claim> readyToLook(int most) {
    return List.copyOf(measured.subList(0, Math.min(most, measured.size())));
  }

  /**
   * Reads the jobs, whose keys are watched in this round, and decides what becomes of them.
   *
   * @return to be run only if everything that is watched in this round is
   */
  Runnable look(Pipeline round, List<Claim> claims, Consumer<RuntimeException> trouble) {
    List<Reply<List<KeyValue<String, byte[]>>>> replies = new ArrayList<>();
    List<Runnable> sizes = new ArrayList<>();
    for (Claim claim : claims) {
      if (!claim.isMeasured()) {
        sizes.add(measure(round, claim, trouble));
      }
      replies.add(
          new Reply<>(round.read(commands -> commands.hmget(keys.job(claim.id()), fields(claim)))));
    }
    boolean hastened = !sizes.isEmpty();
    return () -> {
      sizes.forEach(Runnable::run);
      Iterator<Claim> each = claims.iterator();
      for (Reply<List<KeyValue<String, byte[]>>> reply : replies) {
        Claim claim = each.next();
        if (reply.isRejected()) {
          measured.remove(claim);
          unstartable.drop(claim, "its key holds no hash");
        } else if (reply.failure().isPresent()) {
          trouble.accept(reply.failure().get());
        } else if (claim.isMeasured()) {
          measured.remove(claim);
          decide(claim, reply.value() == null ? List.of() : reply.value(), hastened);
        }
      }
    };
  }

  private Runnable measure(Pipeline round, Claim claim, Consumer<RuntimeException> trouble) {
    Reply<Long> reply =
        new Reply<>(round.read(commands -> commands.hstrlen(keys.job(claim.id()), "data")));
    return () -> {
      Long size = reply.failure().isPresent() ? null : reply.value();
      if (size != null) {
        claim.payload(size);
      } else if (!reply.isRejected()) {
        reply.failure().ifPresent(trouble);
      }
    };
  }

  private String[] fields(Claim claim) {
    String[] fields = JobHash.fields();
    if (!claim.isMeasured() || claim.payload() > workshop.settings().maxPayload()) {
      return fields;
    }
    String[] withPayload = Arrays.copyOf(fields, fields.length + 1);
    withPayload[fields.length] = "data";
    return withPayload;
  }

  private void decide(Claim claim, List<KeyValue<String, byte[]>> reply, boolean hastened) {
    if (claim.payload() == 0 || isGone(reply)) {
      unstartable.ghost(claim);
      return;
    }
    JobHash.Reading reading = JobHash.read(claim.id(), reply);
    if (reading instanceof JobHash.Broken broken) {
      unstartable.fail(claim, broken.fields());
      return;
    }
    JobHash.Whole whole = (JobHash.Whole) reading;
    JobHash hash = whole.hash();
    byte[] payload = reply.size() > JobHash.fields().length ? payload(reply) : null;
    if (hash.status() == JobStatus.UNKNOWN) {
      unstartable.fail(claim, List.of("status"));
    } else if (starts.wasMade(claim, hash)) {
      starts.confirm(claim, payload);
    } else if (hash.status() != JobStatus.QUEUED) {
      unstartable.skip(claim, hash.status());
    } else if (starts.isPlanned(claim.id())) {
      unstartable.skip(claim, JobStatus.STARTED); // its id was in the queue twice
    } else if (hash.isOverdue(workshop.now())) {
      unstartable.overdue(claim);
    } else if (hastened && claim.payload() <= workshop.settings().maxPayload()) {
      starts.planWithFetch(claim, hash);
    } else {
      starts.plan(claim, hash, payload);
    }
  }

  // It may have been evicted after it was measured.
  private static boolean isGone(List<KeyValue<String, byte[]>> reply) {
    boolean withPayload = reply.size() > JobHash.fields().length;
    return withPayload
        ? !reply.get(reply.size() - 1).hasValue()
        : reply.stream().noneMatch(KeyValue::hasValue);
  }

  private static byte[] payload(List<KeyValue<String, byte[]>> reply) {
    return reply.get(reply.size() - 1).getValueOrElse(new byte[0]);
  }

  /** Writes what was decided, inside a transaction. */
  void write(RedisAsyncCommands<String, byte[]> commands) {
    unstartable.write(commands);
    starts.write(commands);
  }

  /** The transaction went through. */
  void written() {
    unstartable.written();
    starts.written();
  }

  /** The transaction did not go through: everything is looked at again. */
  void undecide(boolean inDoubt) {
    measured.addAll(starts.withdraw(inDoubt));
    measured.addAll(unstartable.withdraw());
  }

  /** Gives up the one thing that was decided, since Redis refuses to write it. */
  void giveUp() {
    starts
        .withdraw(false)
        .forEach(claim -> log.error("a job of queue {} cannot be started", claim.queue()));
    unstartable.withdraw();
  }

  /** All ids that were taken and not started go back to where they came from. */
  void giveBack() {
    undecide(false);
    moved.addAll(measured);
    measured.clear();
    Return back = new Return(workshop);
    try {
      // The last one first, since each goes to the front.
      for (int i = moved.size() - 1; i >= 0; i--) {
        back.toFront(moved.get(i).queue(), moved.get(i).raw());
      }
    } catch (RedisAccessException | WatchConflictException e) {
      log.warn("jobs could not be given back; a sweep puts them back: {}", e.getMessage());
      lostMove.run();
    }
    moved.clear();
  }
}
