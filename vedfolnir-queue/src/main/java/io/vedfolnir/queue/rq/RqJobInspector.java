// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.vedfolnir.queue.AsyncJobInspector;
import io.vedfolnir.queue.DependentJobs;
import io.vedfolnir.queue.Explanation;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobDetails;
import io.vedfolnir.queue.JobInspector;
import io.vedfolnir.queue.JobRegistry;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.QueueInfo;
import io.vedfolnir.queue.QueueSettings;
import io.vedfolnir.queue.RegistryPage;
import io.vedfolnir.queue.Retention;
import io.vedfolnir.queue.WorkerInfo;
import io.vedfolnir.redis.RedisAccess;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The door for operators: all RQ queues of a Redis. It opens nothing that had to be closed. */
public final class RqJobInspector implements JobInspector {

  private final RqAsyncJobInspector async;

  private RqJobInspector(RqAsyncJobInspector async) {
    this.async = async;
  }

  /** Looks at queues with the default settings. */
  public static JobInspector open(RedisAccess redis) {
    return open(redis, QueueSettings.defaults());
  }

  /** Looks at queues; of the settings, the key prefix counts. */
  public static JobInspector open(RedisAccess redis, QueueSettings settings) {
    return new RqJobInspector(new RqAsyncJobInspector(redis, settings));
  }

  @Override
  public Optional<Job> find(String id) {
    return RedisAccess.await(async.find(id));
  }

  @Override
  public Optional<JobDetails> show(String id) {
    return RedisAccess.await(async.show(id));
  }

  @Override
  public List<JobResult> history(String id) {
    return RedisAccess.await(async.history(id));
  }

  @Override
  public Explanation explain(String id) {
    return RedisAccess.await(async.explain(id));
  }

  @Override
  public List<QueueInfo> queues() {
    return RedisAccess.await(async.queues());
  }

  @Override
  public List<WorkerInfo> workers() {
    return RedisAccess.await(async.workers());
  }

  @Override
  public RegistryPage list(String queue, JobRegistry registry, long from, int count) {
    return RedisAccess.await(async.list(queue, registry, from, count));
  }

  @Override
  public boolean requeue(String id) {
    return RedisAccess.await(async.requeue(id));
  }

  @Override
  public boolean cancel(String id, DependentJobs dependents) {
    return RedisAccess.await(async.cancel(id, dependents));
  }

  @Override
  public boolean delete(String id, DependentJobs dependents) {
    return RedisAccess.await(async.delete(id, dependents));
  }

  @Override
  public long empty(String queue) {
    return RedisAccess.await(async.empty(queue));
  }

  @Override
  public void suspend(Duration atMost) {
    RedisAccess.await(async.suspend(atMost));
  }

  @Override
  public boolean resume() {
    return RedisAccess.await(async.resume());
  }

  @Override
  public boolean isSuspended() {
    return RedisAccess.await(async.isSuspended());
  }

  @Override
  public boolean stop(String id) {
    return RedisAccess.await(async.stop(id));
  }

  @Override
  public boolean shutdown(String worker) {
    return RedisAccess.await(async.shutdown(worker));
  }

  @Override
  public boolean killHorse(String worker) {
    return RedisAccess.await(async.killHorse(worker));
  }

  @Override
  public Retention.Swept sweep(String queue, Retention retention) {
    return RedisAccess.await(async.sweep(queue, retention));
  }

  @Override
  public AsyncJobInspector async() {
    return async;
  }
}
