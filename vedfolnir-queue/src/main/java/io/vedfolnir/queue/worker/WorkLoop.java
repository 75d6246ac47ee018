// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.WorkerSettings.Mode;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.redis.Pipeline;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.redis.TransactionReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the main thread does: one round after another over the worker's own {@link Line}, each one
 * write that carries whatever is under way for all jobs. Under load many jobs share a round; an
 * idle worker takes a lone job through four rounds without waiting for company.
 *
 * <p>A round is, in this order: the transaction with what the round before decided under its watch;
 * moves out of the queues; sizes of what was moved; a watch and the look at what was measured and
 * at what has ended.
 */
final class WorkLoop {

  private static final Logger log = LoggerFactory.getLogger(WorkLoop.class);
  private static final int LARGEST_SHARE = 256;

  /** Commands that one start or end may need in a round, and then some. */
  private static final int COMMANDS_EACH = 32;

  /** While jobs end at such intervals or shorter ones, the next is waited for, to share a round. */
  private static final long GAP_NANOS = 1_000_000;

  private static final long LONGEST_LINGER_NANOS = 3_000_000;

  private final Workshop workshop;
  private final Slots slots;
  private final Bell bell;
  private final Sources sources;
  private final Intake intake;
  private final Endings endings;
  private final Dependents dependents;
  private final Idleness idleness;
  private final Suspension suspension;
  private final Line line;
  private final WakeUp wakeUp;

  private final List<RuntimeException> troubles = new ArrayList<>();
  private final Consumer<RuntimeException> trouble = troubles::add;
  private final int largestShare;
  private int share;
  private int failures;
  private boolean activity;
  private volatile boolean stopping;
  private volatile boolean draining;

  WorkLoop(
      Workshop workshop,
      Slots slots,
      Bell bell,
      JobRunner runner,
      Endings endings,
      Dependents dependents,
      Idleness idleness,
      Runnable lostMove) {
    this.workshop = workshop;
    int room = workshop.redis().settings().requestQueueSize() / COMMANDS_EACH;
    this.largestShare = Math.max(1, Math.min(LARGEST_SHARE, room));
    this.share = largestShare;
    this.slots = slots;
    this.bell = bell;
    this.sources = new Sources(workshop.settings());
    this.intake =
        new Intake(
            workshop,
            sources,
            started -> {
              idleness.busy();
              runner.begin(started);
            },
            lostMove);
    this.endings = endings;
    this.dependents = dependents;
    this.idleness = idleness;
    this.suspension = new Suspension(workshop);
    this.line = new Line(workshop.redis());
    this.wakeUp = new WakeUp(workshop, sources, bell);
  }

  /** No more jobs are taken, and {@link #run} returns soon; from any thread. */
  void stop() {
    stopping = true;
    bell.ring();
  }

  /** Takes and starts jobs until it is stopped, or in a burst until nothing is left. */
  void run() throws InterruptedException {
    try (wakeUp) {
      while (!stopping) {
        if (hasWork()) {
          round();
        } else if (isBurstOver()) {
          break;
        } else {
          rest();
        }
      }
      intake.giveBack();
    }
  }

  /** Records what ends, until the {@linkplain #finish end}. */
  void drain() throws InterruptedException {
    try (line) {
      while (!draining || endings.size() > 0) {
        if (endings.size() > 0 || endings.hasDecided()) {
          round();
        } else {
          bell.await();
        }
      }
    }
  }

  /** All handlers are through: {@link #drain} returns when their ends are recorded. */
  void finish() {
    draining = true;
    bell.ring();
  }

  private boolean hasWork() {
    return intake.size() > 0 || endings.size() > 0 || mayMove() > 0;
  }

  /** How many ids may be taken now: never more than free slots, and not while results pile up. */
  private int mayMove() {
    if (stopping || sources.areExhausted() || suspension.holds()) {
      return 0;
    }
    int backlog = Math.max(0, endings.size() - slots.size());
    return Math.max(0, Math.min(largestShare, slots.free() - backlog) - intake.size());
  }

  private boolean isBurstOver() {
    if (workshop.settings().mode() != Mode.BURST) {
      return false;
    }
    if (suspension.holds()) {
      return slots.free() == slots.size();
    }
    if (slots.free() < slots.size() || dependents.size() > 0) {
      return false;
    }
    // Empty queues are the end only if nothing ran that could have queued something meanwhile.
    boolean over = !activity;
    activity = false;
    sources.mayAllHave();
    return over;
  }

  private void rest() throws InterruptedException {
    if (workshop.settings().mode() == Mode.BURST) {
      if (slots.free() < slots.size() || dependents.size() > 0) {
        bell.await();
      }
      return;
    }
    if (suspension.holds()) {
      idleness.suspended();
      bell.await(suspension.pause());
      return;
    }
    try {
      wakeUp.watch(sources.empty());
    } catch (RedisAccessException e) {
      failed(e);
      return;
    }
    if (sources.areExhausted()) {
      idleness.begin();
    }
    bell.await();
    idleness.end();
  }

  private void round() throws InterruptedException {
    troubles.clear();
    try {
      watchUrgentQueues();
      lingerForCompany();
      exchange();
    } catch (RedisAccessException e) {
      failed(e);
      return;
    }
    if (troubles.isEmpty()) {
      failures = 0;
    } else {
      failed(troubles.get(0));
    }
  }

  // While there is work in one queue, a more urgent one may get a job.
  private void watchUrgentQueues() {
    if (stopping || sources.areExhausted()) {
      return;
    }
    try {
      wakeUp.watch(sources.empty());
    } catch (RedisAccessException e) {
      log.debug("queues are not watched for now: {}", e.getMessage());
    }
  }

  // Only if jobs end at this very time, only if there is nothing else in hand, and never for a job
  // that has all slots to itself.
  private void lingerForCompany() throws InterruptedException {
    if (stopping || intake.size() > 0 || sources.areExhausted()) {
      return;
    }
    long until = System.nanoTime() + LONGEST_LINGER_NANOS;
    while (slots.free() < slots.size() && !stopping) {
      long left = Math.min(until, slots.released() + GAP_NANOS) - System.nanoTime();
      if (left <= 0) {
        return;
      }
      bell.await(left);
    }
  }

  private void exchange() {
    if (!line.isUp()) {
      undecide(false); // its guard went with the connection
    }
    Pipeline round = line.round();
    Reply<Optional<TransactionReply>> exec = write(round);
    int free = mayMove();
    boolean moreComes = free > 0 || intake.size() > 0;
    intake.hasten();
    Runnable sizes = intake.measure(round, trouble);
    Runnable pause = free > 0 && suspension.isDue() ? suspension.ask(round, trouble) : () -> {};
    Runnable moves = free > 0 ? intake.move(round, free, trouble) : () -> {};
    Runnable decisions = look(round, moreComes);
    RedisAccess.await(round.send());
    if (exec != null) {
      written(exec);
    }
    sizes.run();
    pause.run();
    if (troubles.isEmpty()) {
      decisions.run();
    }
    moves.run(); // last: a full Redis refuses moves, and what runs is to end all the same
    if (suspension.holds()) {
      intake.giveBack();
    }
  }

  private @Nullable Reply<Optional<TransactionReply>> write(Pipeline round) {
    if (!intake.hasDecided() && !endings.hasDecided()) {
      return null;
    }
    line.ended();
    return new Reply<>(
        round.transact(
            commands -> {
              intake.write(commands);
              endings.write(commands);
            }));
  }

  private void written(Reply<Optional<TransactionReply>> exec) {
    Optional<RuntimeException> failure = exec.failure();
    if (failure.isPresent()) {
      refused(exec, failure.get());
      return;
    }
    Optional<TransactionReply> reply = exec.value();
    if (reply == null || reply.isEmpty()) {
      // Somebody else wrote to one of the jobs. A smaller share meets fewer of such.
      share = Math.max(1, share / 2);
      undecide(false);
      return;
    }
    tellErrors(reply.get());
    share = Math.min(largestShare, share * 2);
    activity = true;
    intake.written();
    endings.written();
  }

  private void refused(Reply<Optional<TransactionReply>> exec, RuntimeException failure) {
    if (exec.isRejected() && share == 1) {
      log.error("Redis refuses to record a job: {}", failure.getMessage());
      intake.giveUp();
      endings.giveUp();
      return;
    }
    share = exec.isRejected() ? 1 : share;
    undecide(exec.isInDoubt());
    trouble.accept(failure);
  }

  private static void tellErrors(TransactionReply reply) {
    for (int i = 0; i < reply.size(); i++) {
      reply
          .error(i)
          .ifPresent(
              error -> log.warn("a job was recorded in part: {}", error.code().orElse("no reply")));
    }
  }

  private void undecide(boolean inDoubt) {
    intake.undecide(inDoubt);
    endings.undecide(inDoubt);
  }

  private Runnable look(Pipeline round, boolean moreComes) {
    List<Claim> claims = intake.readyToLook(share);
    // Several ends wait for jobs that are two rounds away from their own look, to share it.
    boolean wait = claims.isEmpty() && moreComes && endings.size() > 1;
    List<Ending> over = wait ? List.of() : endings.readyToLook(Math.max(1, share - claims.size()));
    if (claims.isEmpty() && over.isEmpty()) {
      return () -> {};
    }
    RqKeys keys = workshop.keys();
    Reply<String> watch =
        line.watch(
            round,
            Stream.concat(
                    claims.stream().map(Claim::id),
                    over.stream().map(ending -> ending.execution().id()))
                .map(keys::job)
                .toArray(String[]::new));
    Runnable decideClaims = intake.look(round, claims, trouble);
    Runnable decideEndings = endings.look(round, over, trouble);
    return () -> {
      if (watch.failure().isPresent()) {
        trouble.accept(watch.failure().get());
        return;
      }
      decideClaims.run();
      decideEndings.run();
      if (!troubles.isEmpty()) {
        undecide(false);
      }
    };
  }

  private void failed(RuntimeException failure) throws InterruptedException {
    if (!(failure instanceof RedisAccessException access)) {
      throw failure;
    }
    if (access.code().isEmpty()) {
      line.close(); // a late reply must not be taken for that of another command
      undecide(false);
    }
    if (failures == 0) {
      log.warn("a round with Redis failed, trying again: {}", failure.getMessage());
    }
    workshop.patience().pause(failures++);
    if (workshop.patience().hasEnded()) {
      throw failure;
    }
  }
}
