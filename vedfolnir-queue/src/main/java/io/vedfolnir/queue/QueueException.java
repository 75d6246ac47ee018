// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

/** Something about a job, not about Redis, that the caller has to deal with. */
public abstract sealed class QueueException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String jobId;

  private QueueException(String jobId, String message, Throwable cause) {
    super(message, cause);
    this.jobId = jobId;
  }

  private QueueException(String jobId, String message) {
    super(message);
    this.jobId = jobId;
  }

  /** The job; not part of the message. */
  public final String jobId() {
    return jobId;
  }

  /** Another job with this id exists. */
  public static final class Duplicate extends QueueException {
    private static final long serialVersionUID = 1L;

    /** For this job. */
    public Duplicate(String jobId) {
      super(
          jobId,
          "a job with this id exists and asks for something else; choose another id, or delete it"
              + " first");
    }
  }

  /**
   * The reply to an enqueue was lost: the job may or may not be in the queue. Call again with
   * {@link Enqueue#withId} and {@link #jobId()}: it never gets there twice.
   */
  public static final class OutcomeUnknown extends QueueException {
    private static final long serialVersionUID = 1L;

    /** For this job, after this failure. */
    public OutcomeUnknown(String jobId, Throwable cause) {
      super(
          jobId,
          "the job may or may not have been enqueued; enqueue it again with Enqueue.withId of this"
              + " exception's jobId()",
          cause);
    }
  }

  /** The job's hash holds something that RQ could not have written. */
  public static final class Unreadable extends QueueException {
    private static final long serialVersionUID = 1L;

    /** For this job, for this reason (field names, no values). */
    public Unreadable(String jobId, String reason) {
      super(jobId, "the job cannot be read: " + reason);
    }
  }

  /** The result exists but cannot be given as the type that was asked for. */
  public static final class ResultRefused extends QueueException {
    private static final long serialVersionUID = 1L;

    /** For this job, for this reason. */
    public ResultRefused(String jobId, String reason) {
      super(jobId, "the result cannot be given: " + reason);
    }
  }

  /** The job ended without a result. */
  public static final class JobFailed extends QueueException {
    private static final long serialVersionUID = 1L;

    private final String exceptionText;

    /** For this job, with the worker's traceback. */
    public JobFailed(String jobId, String exceptionText) {
      super(jobId, "the job failed; see exceptionText()");
      this.exceptionText = exceptionText;
    }

    /** The traceback that the worker stored; its last line names the exception. */
    public String exceptionText() {
      return exceptionText;
    }
  }

  /** No result came in time. */
  public static final class ResultTimeout extends QueueException {
    private static final long serialVersionUID = 1L;

    private final JobStatus status;

    /** For this job, which was last seen with this status. */
    public ResultTimeout(String jobId, JobStatus status) {
      super(
          jobId,
          status == JobStatus.UNKNOWN
              ? "no result in time, and there is no such job: it expired, keeps no result, or never"
                  + " was"
              : "no result in time; the job is " + status.word());
      this.status = status;
    }

    /** Its status at the end of the wait; {@link JobStatus#UNKNOWN} if there is no such job. */
    public JobStatus status() {
      return status;
    }
  }

  /** The job is in a state that does not allow what was asked for; nothing was changed. */
  public static final class WrongStatus extends QueueException {
    private static final long serialVersionUID = 1L;

    private final JobStatus status;

    /** For this job, which has this status. */
    public WrongStatus(String jobId, JobStatus status) {
      super(
          jobId,
          "the job is "
              + (status == JobStatus.UNKNOWN ? "in an unknown state" : status.word())
              + ", which does not allow that");
      this.status = status;
    }

    /** What it is. */
    public JobStatus status() {
      return status;
    }
  }

  /** A worker of this name is alive. */
  public static final class WorkerNameTaken extends QueueException {
    private static final long serialVersionUID = 1L;

    /** For a worker; there is no job. */
    public WorkerNameTaken() {
      super(
          "",
          "a worker of this name is registered and alive; leave the name to the default, or wait"
              + " until it is gone");
    }
  }
}
