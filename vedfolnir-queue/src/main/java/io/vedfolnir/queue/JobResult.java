// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Instant;
import java.util.Optional;

/**
 * How one run of a job ended.
 *
 * @param outcome which way
 * @param createdAt when it was recorded, by the server's clock
 * @param value what the function returned, as a plain Java value; empty for Python's None, after a
 *     failure, and if the payload was refused
 * @param refusal why the value is not given, if its payload was refused
 * @param exceptionText the traceback of a failure; its last line names the exception
 * @param worker name of the worker, if it was recorded (RQ 2.5)
 * @param executionId which execution of the job this was, if it was recorded (RQ 2.8)
 */
public record JobResult(
    Outcome outcome,
    Instant createdAt,
    Optional<Object> value,
    Optional<String> refusal,
    Optional<String> exceptionText,
    Optional<String> worker,
    Optional<String> executionId) {

  /** RQ's result types. */
  public enum Outcome {
    /** Returned. */
    SUCCESSFUL,
    /** Raised, timed out, was stopped or lost its worker. */
    FAILED,
    /** Was stopped; defined by RQ, written by no version of it. */
    STOPPED,
    /** Asked to be run again by its return value. Not final. */
    RETRIED,
    /** Asked to be run again once too often. */
    MAX_RETRIES_EXCEEDED,
    /** A type that this version does not know. */
    UNKNOWN
  }

  /** The outcome and times; never value or traceback, which may be private. */
  @Override
  public String toString() {
    return "JobResult[" + outcome + ", " + createdAt + "]";
  }
}
