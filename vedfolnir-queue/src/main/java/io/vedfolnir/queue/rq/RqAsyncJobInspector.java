// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.vedfolnir.queue.AsyncJobInspector;
import io.vedfolnir.queue.DependentJobs;
import io.vedfolnir.queue.Explanation;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobDetails;
import io.vedfolnir.queue.JobRegistry;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.QueueInfo;
import io.vedfolnir.queue.QueueSettings;
import io.vedfolnir.queue.RegistryPage;
import io.vedfolnir.queue.Retention;
import io.vedfolnir.queue.WorkerInfo;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.queue.codec.PayloadLimits;
import io.vedfolnir.redis.RedisAccess;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** One place for all that looks at jobs and steers them; {@link RqJobInspector} waits for it. */
final class RqAsyncJobInspector implements AsyncJobInspector {

  private final JobReader reader;
  private final JobDetailsReader details;
  private final JobSteering steering;
  private final WorkerCommands workers;
  private final QueueOverview overview;
  private final Explainer explainer;
  private final RetentionSweep sweep;

  RqAsyncJobInspector(RedisAccess redis, QueueSettings settings) {
    RqKeys keys = new RqKeys(settings.keyPrefix());
    PayloadCodec codec = new PayloadCodec(PayloadLimits.defaults());
    this.reader = new JobReader(redis, keys, codec);
    this.details = new JobDetailsReader(redis, keys, codec, reader);
    this.steering = new JobSteering(redis, keys);
    this.workers = new WorkerCommands(redis, keys, codec);
    this.overview = new QueueOverview(redis, keys);
    this.explainer = new Explainer(redis, keys, reader, steering, overview);
    this.sweep = new RetentionSweep(redis, keys);
  }

  @Override
  public CompletionStage<Optional<Job>> find(String id) {
    return reader.find(id);
  }

  @Override
  public CompletionStage<Optional<JobDetails>> show(String id) {
    return details.show(id);
  }

  @Override
  public CompletionStage<List<JobResult>> history(String id) {
    return reader.history(id);
  }

  @Override
  public CompletionStage<Explanation> explain(String id) {
    return explainer.explain(id);
  }

  @Override
  public CompletionStage<List<QueueInfo>> queues() {
    return steering.queues().thenCompose(overview::queues);
  }

  @Override
  public CompletionStage<List<WorkerInfo>> workers() {
    return overview.workers();
  }

  @Override
  public CompletionStage<RegistryPage> list(
      String queue, JobRegistry registry, long from, int count) {
    return overview.list(queue, registry, from, count);
  }

  @Override
  public CompletionStage<Boolean> requeue(String id) {
    return steering.requeue(id);
  }

  @Override
  public CompletionStage<Boolean> cancel(String id, DependentJobs dependents) {
    return steering.cancel(id, dependents);
  }

  @Override
  public CompletionStage<Boolean> delete(String id, DependentJobs dependents) {
    return steering.delete(id, dependents);
  }

  @Override
  public CompletionStage<Long> empty(String queue) {
    return steering.empty(queue);
  }

  @Override
  public CompletionStage<Void> suspend(Duration atMost) {
    return workers.suspend(atMost);
  }

  @Override
  public CompletionStage<Boolean> resume() {
    return workers.resume();
  }

  @Override
  public CompletionStage<Boolean> isSuspended() {
    return workers.isSuspended();
  }

  @Override
  public CompletionStage<Boolean> stop(String id) {
    return workers.stop(id);
  }

  @Override
  public CompletionStage<Boolean> shutdown(String worker) {
    return workers.shutdown(worker);
  }

  @Override
  public CompletionStage<Boolean> killHorse(String worker) {
    return workers.killHorse(worker);
  }

  @Override
  public CompletionStage<Retention.Swept> sweep(String queue, Retention retention) {
    return sweep.sweep(queue, retention);
  }
}
