// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The view over all queues of a Redis, and the levers: what operators and dashboards need.
 * Thread-safe.
 *
 * <p>Reading has no side effects: unlike {@code rq info}, counting fails no abandoned job and drops
 * no dead worker. Every change is one transaction, or none of it happens. Calls block, at most for
 * the command timeout of the connection, and throw {@link io.vedfolnir.redis.RedisAccessException}
 * when Redis does not do it. For futures see {@link #async()}.
 *
 * <p>Queues whose names this library would not make (see {@code RqJobQueue.open}) are not shown.
 */
public interface JobInspector {

  /** Reads a job, see {@link JobQueue#find}. */
  Optional<Job> find(String id);

  /**
   * Reads all there is about a job; a payload that is refused is told in the details.
   *
   * @throws QueueException.Unreadable if the hash holds what RQ cannot have written
   */
  Optional<JobDetails> show(String id);

  /** Reads the results that are kept, the newest first. */
  List<JobResult> history(String id);

  /** Finds out why a job does not run. */
  Explanation explain(String id);

  /** All queues, by name. */
  List<QueueInfo> queues();

  /** All workers that are alive, by name. */
  List<WorkerInfo> workers();

  /**
   * Reads entries of a registry.
   *
   * @param from place of the first one, from 0
   * @param count how many; 1 to 10,000
   */
  RegistryPage list(String queue, JobRegistry registry, long from, int count);

  /**
   * Puts a failed or stopped job back into its queue, in one transaction; its retries stay used up.
   *
   * @return false if there is no such job
   * @throws QueueException.WrongStatus if it is not failed or stopped, or not in the registry of
   *     failed jobs
   */
  boolean requeue(String id);

  /**
   * Keeps a job from running. One that runs is not stopped (see {@link #stop}), but a worker on the
   * JVM will not record its result.
   *
   * @return false if there is no such job
   * @throws QueueException.WrongStatus if it has ended
   */
  boolean cancel(String id, DependentJobs dependents);

  /**
   * Removes a job and every trace of it: hash, payload, results, executions, queue and registries.
   *
   * @return false if there was no trace of it
   */
  boolean delete(String id, DependentJobs dependents);

  /**
   * Deletes all jobs that wait in a queue.
   *
   * @return how many
   */
  long empty(String queue);

  /**
   * Lets no worker start anything; what runs goes on.
   *
   * @param atMost after which the workers go on by themselves, at least 1 s; {@link
   *     Enqueue#FOREVER} for never
   */
  void suspend(Duration atMost);

  /**
   * Lets the workers go on.
   *
   * @return false if they were not suspended
   */
  boolean resume();

  /** Whether the workers are suspended. */
  boolean isSuspended();

  /**
   * Asks the worker of a running job to end the run; the job then counts as stopped.
   *
   * @return false if the job does not run, or its worker did not hear it
   */
  boolean stop(String id);

  /**
   * Asks a worker to finish what it runs and end.
   *
   * @return false if nobody heard it
   */
  boolean shutdown(String worker);

  /**
   * Asks a worker to end what it runs at once; the job fails.
   *
   * @return false if nobody heard it
   */
  boolean killHorse(String worker);

  /**
   * Removes from a queue's registries what a policy does not keep, and entries whose job is gone.
   * Costs a few commands for each entry of the registries.
   */
  Retention.Swept sweep(String queue, Retention retention);

  /** The same with futures. */
  AsyncJobInspector async();
}
