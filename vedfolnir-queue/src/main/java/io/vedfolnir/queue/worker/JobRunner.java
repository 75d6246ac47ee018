// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.codec.DecodedCall;
import io.vedfolnir.queue.codec.PayloadRefusedException;
import io.vedfolnir.queue.codec.Serializer;
import io.vedfolnir.queue.rq.JobHash;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs what was claimed, one claim in one slot: start, handler, record. */
final class JobRunner {

  private static final Logger log = LoggerFactory.getLogger(JobRunner.class);

  private final Workshop workshop;
  private final Slots slots;
  private final Running running;
  private final Idleness idleness;
  private final Deadlines deadlines;
  private final Threads threads;
  private final JobStarter starter;
  private final Unstartable unstartable;
  private final HandlerTable handlers;
  private final Completion completion;
  private volatile boolean stopping;

  JobRunner(
      Workshop workshop,
      Slots slots,
      Running running,
      Idleness idleness,
      Deadlines deadlines,
      Threads threads) {
    this.workshop = workshop;
    this.slots = slots;
    this.running = running;
    this.idleness = idleness;
    this.deadlines = deadlines;
    this.threads = threads;
    this.starter = new JobStarter(workshop);
    this.unstartable = new Unstartable(workshop);
    this.handlers = new HandlerTable(workshop.settings().handlers());
    this.completion = new Completion(workshop);
  }

  /** From now on claims go back to their queue. */
  void stop() {
    stopping = true;
  }

  /** Runs one claim to its end, then frees its slot. */
  void run(Claim claim) {
    boolean ownsSlot = true;
    try {
      if (stopping) {
        unstartable.giveBack(claim);
        return;
      }
      Optional<JobStarter.Started> started = starter.start(claim);
      if (started.isPresent()) {
        ownsSlot = execute(started.get());
      }
    } catch (RuntimeException e) {
      log.error("a claimed job of queue {} could not be started", claim.queue(), e);
    } finally {
      if (ownsSlot) {
        slots.release(1);
      }
    }
  }

  // False if the slot was given to another thread meanwhile.
  private boolean execute(JobStarter.Started started) {
    Execution execution = started.execution();
    running.add(execution);
    idleness.busy();
    Future<?> deadline = deadlines.watch(execution, this::leaveBehind);
    Outcome outcome = outcome(execution, started.payload());
    deadline.cancel(false);
    if (!execution.settle()) {
      workshop.tally().refused.increment();
      log.warn("a handler came back long after its time; its result is refused");
      slots.cameBack();
      return false;
    }
    finish(
        execution,
        execution.interruption().map(reason -> interrupted(execution, reason)).orElse(outcome));
    return true;
  }

  /** Gives up a handler that does not react to its interrupt. */
  void leaveBehind(Execution execution) {
    Optional<Execution.Interruption> reason = execution.interruption();
    if (reason.isEmpty() || !execution.settle()) {
      return;
    }
    log.error(
        "a handler for {} does not react to its interrupt; its thread is left behind",
        execution.function());
    slots.leaveBehind();
    threads
        .named(
            "late",
            () -> {
              finish(execution, interrupted(execution, reason.get()));
              slots.release(1);
            })
        .start();
  }

  private Outcome outcome(Execution execution, Optional<byte[]> payload) {
    if (payload.isEmpty()) {
      return never(
          PayloadRefusedException.class.getName(),
          "the payload is larger than the "
              + workshop.settings().maxPayload()
              + " bytes that this worker takes (maxPayload)");
    }
    Optional<String> unfit = unfit(execution.hash());
    if (unfit.isPresent()) {
      return never(UnsupportedOperationException.class.getName(), unfit.get());
    }
    DecodedCall decoded;
    try {
      decoded = workshop.codec().decodeCall(payload.get());
    } catch (PayloadRefusedException e) {
      return never(e.getClass().getName(), String.valueOf(e.getMessage()));
    } catch (RuntimeException e) { // a mistake of ours must not leave the job started for ever
      log.error("a payload of queue {} could not be read", execution.queue(), e);
      return never(e.getClass().getName(), "the payload could not be read");
    }
    execution.calls(decoded.call().function());
    return call(execution, decoded);
  }

  private Outcome call(Execution execution, DecodedCall decoded) {
    if (!execution.enter()) {
      return never(InterruptedException.class.getName(), "ended before it began");
    }
    Object value;
    try {
      value = handlers.run(decoded.call(), execution);
    } catch (Throwable failure) { // an Error of a handler is its job's failure, not the worker's
      return new Outcome.Failed(ExceptionText.of(failure), Outcome.Retrying.AS_THE_JOB_SAYS);
    } finally {
      execution.leave();
    }
    return new Outcome.Returned(encode(value, decoded.serializer()));
  }

  // RQ 1.14 and newer store this very text for a value that cannot be carried.
  private byte @Nullable [] encode(@Nullable Object value, Serializer serializer) {
    if (value == null) {
      return null;
    }
    try {
      return workshop.codec().encodeResult(value, serializer);
    } catch (IllegalArgumentException e) {
      log.warn("a return value cannot be carried as {}: {}", serializer.name(), e.getMessage());
      return workshop.codec().encodeResult("Unserializable return value", serializer);
    }
  }

  private static Optional<String> unfit(JobHash hash) {
    if (hash.hasCallbacks()) {
      return Optional.of(
          "the job names Python callbacks, which a JVM worker cannot call; enqueue it without them"
              + " or on a queue that Python works");
    }
    if (hash.repeats()) {
      return Optional.of(
          "the job is to be repeated, which JVM workers do not do; enqueue it without repeat or on a"
              + " queue that Python works");
    }
    return Optional.empty();
  }

  private Outcome interrupted(Execution execution, Execution.Interruption reason) {
    return switch (reason) {
      case TIMEOUT ->
          new Outcome.Failed(
              ExceptionText.of(
                  "rq.timeouts.JobTimeoutException",
                  "Task exceeded maximum timeout value ("
                      + execution.timeout().orElseThrow().toSeconds()
                      + " seconds)"),
              Outcome.Retrying.AS_THE_JOB_SAYS);
      case SHUTDOWN ->
          new Outcome.Failed(
              ExceptionText.of(
                  InterruptedException.class.getName(),
                  "the worker was closed before the job ended"),
              Outcome.Retrying.AS_THE_JOB_SAYS);
    };
  }

  private static Outcome never(String name, String message) {
    return new Outcome.Failed(ExceptionText.of(name, message), Outcome.Retrying.NEVER);
  }

  private void finish(Execution execution, Outcome outcome) {
    try {
      Completion.Recorded recorded = completion.record(execution, outcome);
      count(recorded);
    } catch (RuntimeException e) {
      log.error(
          "the end of a job of queue {} could not be recorded; others will take it for abandoned",
          execution.queue(),
          e);
    } finally {
      running.remove(execution);
      idleness.jobEnded();
    }
  }

  private void count(Completion.Recorded recorded) {
    switch (recorded) {
      case FINISHED -> workshop.tally().finished.increment();
      case FAILED -> workshop.tally().failed.increment();
      case RETRIED -> workshop.tally().retried.increment();
      case REFUSED -> {
        workshop.tally().refused.increment();
        log.warn("a result is refused: the job was taken over, stopped or deleted while it ran");
      }
    }
  }
}
