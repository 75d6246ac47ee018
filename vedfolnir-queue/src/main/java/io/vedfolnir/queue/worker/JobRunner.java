// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.JobEnd;
import io.vedfolnir.queue.WorkerSettings.Abandoned;
import io.vedfolnir.queue.codec.DecodedCall;
import io.vedfolnir.queue.codec.PayloadRefusedException;
import io.vedfolnir.queue.codec.Serializer;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs what was started, one execution in one slot: payload, handler, callback. */
final class JobRunner {

  private static final Logger log = LoggerFactory.getLogger(JobRunner.class);

  private final Workshop workshop;
  private final Slots slots;
  private final Running running;
  private final Deadlines deadlines;
  private final Threads threads;
  private final Consumer<Ending> ended;
  private final HandlerTable handlers;
  private final Callbacks callbacks;

  JobRunner(
      Workshop workshop,
      Slots slots,
      Running running,
      Deadlines deadlines,
      Callbacks callbacks,
      Threads threads,
      Consumer<Ending> ended) {
    this.workshop = workshop;
    this.slots = slots;
    this.running = running;
    this.deadlines = deadlines;
    this.threads = threads;
    this.ended = ended;
    this.handlers = new HandlerTable(workshop.settings().handlers());
    this.callbacks = callbacks;
  }

  /** Runs it in a slot, which is free again when the handler has come back. */
  void begin(Starts.Started started) {
    running.add(started.execution());
    try {
      slots.run(() -> run(started));
    } catch (RejectedExecutionException e) {
      log.error("the executor takes no more handlers; a job is failed", e);
      finish(
          started.execution(),
          new Outcome.Failed(ExceptionText.of(e), Outcome.Retrying.AS_THE_JOB_SAYS));
      slots.release();
    }
  }

  private void run(Starts.Started started) {
    Execution execution = started.execution();
    Future<?> deadline = deadlines.watch(execution, this::leaveBehind);
    Outcome outcome = outcome(execution, started.payload());
    deadline.cancel(false);
    if (!execution.settle()) {
      workshop.tally().refused.increment();
      log.warn("a handler came back long after its time; its result is refused");
      slots.cameBack();
      return;
    }
    finish(execution, told(execution, outcome));
    slots.release();
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
              finish(execution, told(execution, interrupted(execution, reason.get())));
              slots.release();
            })
        .start();
  }

  /** Stops a job if it runs here, and records it as stopped. */
  void stop(String id) {
    running.all().stream()
        .filter(execution -> execution.id().equals(id))
        .forEach(
            execution ->
                deadlines.interrupt(execution, Execution.Interruption.STOPPED, this::leaveBehind));
  }

  /** Ends everything that runs, as if its process had died. */
  void killAll() {
    running
        .all()
        .forEach(
            execution ->
                deadlines.interrupt(execution, Execution.Interruption.KILLED, this::leaveBehind));
  }

  private void finish(Execution execution, Outcome outcome) {
    ended.accept(new Ending(execution, outcome, workshop.now()));
  }

  private Outcome outcome(Execution execution, Optional<byte[]> payload) {
    if (payload.isEmpty()) {
      return never(
          PayloadRefusedException.class.getName(),
          "the payload is larger than the "
              + workshop.settings().maxPayload()
              + " bytes that this worker takes (maxPayload)");
    }
    Optional<String> missing = callbacks.missing(execution.hash());
    if (missing.isPresent()) {
      return never(UnsupportedOperationException.class.getName(), missing.get());
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
    execution.calls(decoded.call().function(), decoded.serializer());
    return call(execution, decoded);
  }

  private Outcome call(Execution execution, DecodedCall decoded) {
    Object value;
    if (!execution.enter()) {
      return interrupted(execution, execution.interruption().orElseThrow());
    }
    try {
      value = handlers.run(decoded.call(), execution);
    } catch (Throwable failure) { // an Error of a handler is its job's failure, not the worker's
      return new Outcome.Failed(ExceptionText.of(failure), Outcome.Retrying.AS_THE_JOB_SAYS);
    } finally {
      execution.leave();
    }
    if (execution.interruption().isPresent()) {
      return interrupted(execution, execution.interruption().get());
    }
    try {
      callbacks.call(
          execution.hash().successCallback(),
          execution,
          new JobEnd.Succeeded(Optional.ofNullable(value)));
    } catch (Throwable failure) {
      return new Outcome.Failed(ExceptionText.of(failure), Outcome.Retrying.AS_THE_JOB_SAYS);
    }
    return new Outcome.Returned(encode(value, decoded.serializer()));
  }

  /** The outcome after the callbacks for a failure or a stop have been told. */
  private Outcome told(Execution execution, Outcome outcome) {
    Outcome last =
        outcome instanceof Outcome.Failed
            ? execution.interruption().map(reason -> interrupted(execution, reason)).orElse(outcome)
            : outcome;
    try {
      if (last instanceof Outcome.Failed failed) {
        callbacks.call(
            execution.hash().failureCallback(),
            execution,
            new JobEnd.Failed(failed.exceptionText()));
      } else if (last instanceof Outcome.Stopped) {
        callbacks.call(execution.hash().stoppedCallback(), execution, new JobEnd.Stopped());
      }
    } catch (Throwable failure) {
      log.warn("a callback for the end of a job of queue {} failed", execution.queue(), failure);
      if (last instanceof Outcome.Failed failed) {
        return new Outcome.Failed(ExceptionText.of(failure), failed.retrying());
      }
    }
    return last;
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

  private Outcome interrupted(Execution execution, Execution.Interruption reason) {
    return switch (reason) {
      case TIMEOUT ->
          failed(
              "rq.timeouts.JobTimeoutException",
              "Task exceeded maximum timeout value ("
                  + execution.timeout().orElseThrow().toSeconds()
                  + " seconds)");
      case KILLED -> failed("rq.worker.WorkHorseKilled", "Work-horse terminated unexpectedly");
      case STOPPED -> new Outcome.Stopped("Job stopped by user, work-horse terminated.\n");
      case SHUTDOWN ->
          workshop.settings().abandoned() == Abandoned.RUN_AGAIN
              ? new Outcome.BrokenOff()
              : failed(
                  InterruptedException.class.getName(),
                  "the worker was closed before the job ended");
    };
  }

  private static Outcome failed(String name, String message) {
    return new Outcome.Failed(ExceptionText.of(name, message), Outcome.Retrying.AS_THE_JOB_SAYS);
  }

  private static Outcome never(String name, String message) {
    return new Outcome.Failed(ExceptionText.of(name, message), Outcome.Retrying.NEVER);
  }
}
