// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A {@link JobQueue} whose calls do not block. What the blocking methods throw, the stages fail
 * with; wrong arguments are thrown at once. Stages may complete on a network thread: do not block
 * there.
 */
public interface AsyncJobQueue {

  /** See {@link JobQueue#enqueue(JobType, Record, Enqueue)}. */
  <A extends Record> CompletionStage<Job> enqueue(JobType<A, ?> type, A arguments, Enqueue options);

  /** See {@link JobQueue#enqueue(RemoteCall, Enqueue)}. */
  CompletionStage<Job> enqueue(RemoteCall call, Enqueue options);

  /** See {@link JobQueue#find}. */
  CompletionStage<Optional<Job>> find(String id);

  /** See {@link JobQueue#findResult(String)}. */
  CompletionStage<Optional<JobResult>> findResult(String id);

  /** See {@link JobQueue#findResult(JobType, String)}. */
  <R> CompletionStage<Optional<R>> findResult(JobType<?, R> type, String id);

  /** See {@link JobQueue#await(String, Duration)}. */
  CompletionStage<JobResult> await(String id, Duration atMost);

  /** See {@link JobQueue#await(JobType, String, Duration)}. */
  <R> CompletionStage<R> await(JobType<?, R> type, String id, Duration atMost);

  /** See {@link JobQueue#explain}. */
  CompletionStage<Explanation> explain(String id);

  /** See {@link JobQueue#requeue}. */
  CompletionStage<Boolean> requeue(String id);

  /** See {@link JobQueue#cancel}. */
  CompletionStage<Boolean> cancel(String id);

  /** See {@link JobQueue#delete}. */
  CompletionStage<Boolean> delete(String id);
}
