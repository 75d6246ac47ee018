// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Duration;
import java.util.Optional;

/**
 * A queue of jobs that RQ workers, in Python or on the JVM, run. Thread-safe.
 *
 * <p>Calls block, at most for the command timeout of the connection, and throw {@link
 * io.vedfolnir.redis.RedisAccessException} when Redis does not do it, {@link QueueException} when
 * the job is the reason. For futures see {@link #async()}.
 */
public interface JobQueue extends AutoCloseable {

  /** The queue's name. */
  String name();

  /** Enqueues a typed job with the defaults. */
  <A extends Record> Job enqueue(JobType<A, ?> type, A arguments);

  /**
   * Enqueues a typed job: one transaction in one round trip, two with an id of one's own.
   *
   * @throws IllegalArgumentException if an argument cannot be carried or the payload is too large;
   *     nothing was sent
   * @throws QueueException.OutcomeUnknown if the reply was lost
   * @throws QueueException.Duplicate if the id belongs to another job
   */
  <A extends Record> Job enqueue(JobType<A, ?> type, A arguments, Enqueue options);

  /** Enqueues a call with the defaults. */
  Job enqueue(RemoteCall call);

  /** Enqueues a call, as {@link #enqueue(JobType, Record, Enqueue)}. */
  Job enqueue(RemoteCall call, Enqueue options);

  /**
   * Reads a job of any queue, with its newest result.
   *
   * @return empty if there is none of this id
   * @throws QueueException.Unreadable if the hash holds what RQ cannot have written
   */
  Optional<Job> find(String id);

  /** Reads the newest result of a job, successful or not; it may outlive the job. */
  Optional<JobResult> findResult(String id);

  /**
   * Reads what a job returned.
   *
   * @return empty if it has not ended, or returned None
   * @throws QueueException.JobFailed if it failed
   * @throws QueueException.ResultRefused if the result is of another type
   */
  <R> Optional<R> findResult(JobType<?, R> type, String id);

  /**
   * Waits until a job has ended, without polling, on a connection that all waits share.
   *
   * <p>A job whose result TTL is 0 leaves nothing to wait for.
   *
   * @param atMost how long; up to 1 day
   * @return its result, successful or not
   * @throws QueueException.ResultTimeout if there is none in time
   */
  JobResult await(String id, Duration atMost);

  /**
   * Waits for what a job returns.
   *
   * @param atMost how long; up to 1 day
   * @throws QueueException.JobFailed if it failed
   * @throws QueueException.ResultTimeout if there is no result in time
   * @throws QueueException.ResultRefused if the result is None or of another type
   */
  <R> R await(JobType<?, R> type, String id, Duration atMost);

  /** Finds out why a job does not run, see {@link JobInspector#explain}. */
  Explanation explain(String id);

  /** Queues a failed job again, see {@link JobInspector#requeue}. */
  boolean requeue(String id);

  /** Keeps a job from running; jobs that wait for it go on waiting. */
  boolean cancel(String id);

  /** Removes a job and every trace of it; jobs that wait for it go on waiting. */
  boolean delete(String id);

  /** The same queue with futures. */
  AsyncJobQueue async();

  /** Ends what was opened here; the {@code RedisAccess} stays open. */
  @Override
  void close();
}
