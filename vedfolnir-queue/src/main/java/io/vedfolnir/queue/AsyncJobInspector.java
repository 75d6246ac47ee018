// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A {@link JobInspector} whose calls do not block. What the blocking methods throw, the stages fail
 * with; wrong arguments are thrown at once. Stages may complete on a network thread: do not block
 * there.
 */
public interface AsyncJobInspector {

  /** See {@link JobInspector#find}. */
  CompletionStage<Optional<Job>> find(String id);

  /** See {@link JobInspector#show}. */
  CompletionStage<Optional<JobDetails>> show(String id);

  /** See {@link JobInspector#history}. */
  CompletionStage<List<JobResult>> history(String id);

  /** See {@link JobInspector#explain}. */
  CompletionStage<Explanation> explain(String id);

  /** See {@link JobInspector#queues}. */
  CompletionStage<List<QueueInfo>> queues();

  /** See {@link JobInspector#workers}. */
  CompletionStage<List<WorkerInfo>> workers();

  /** See {@link JobInspector#list}. */
  CompletionStage<RegistryPage> list(String queue, JobRegistry registry, long from, int count);

  /** See {@link JobInspector#requeue}. */
  CompletionStage<Boolean> requeue(String id);

  /** See {@link JobInspector#cancel}. */
  CompletionStage<Boolean> cancel(String id, DependentJobs dependents);

  /** See {@link JobInspector#delete}. */
  CompletionStage<Boolean> delete(String id, DependentJobs dependents);

  /** See {@link JobInspector#empty}. */
  CompletionStage<Long> empty(String queue);

  /** See {@link JobInspector#suspend}. */
  CompletionStage<Void> suspend(Duration atMost);

  /** See {@link JobInspector#resume}. */
  CompletionStage<Boolean> resume();

  /** See {@link JobInspector#isSuspended}. */
  CompletionStage<Boolean> isSuspended();

  /** See {@link JobInspector#stop}. */
  CompletionStage<Boolean> stop(String id);

  /** See {@link JobInspector#shutdown}. */
  CompletionStage<Boolean> shutdown(String worker);

  /** See {@link JobInspector#killHorse}. */
  CompletionStage<Boolean> killHorse(String worker);

  /** See {@link JobInspector#sweep}. */
  CompletionStage<Retention.Swept> sweep(String queue, Retention retention);
}
