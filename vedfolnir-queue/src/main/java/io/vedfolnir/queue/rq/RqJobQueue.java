// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.vedfolnir.queue.AsyncJobQueue;
import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Explanation;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobQueue;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.JobType;
import io.vedfolnir.queue.QueueSettings;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.redis.RedisAccess;
import java.time.Duration;
import java.util.Optional;

/** The door for producers: an RQ queue in Redis. */
public final class RqJobQueue implements JobQueue {

  private final RqAsyncJobQueue async;

  private RqJobQueue(RqAsyncJobQueue async) {
    this.async = async;
  }

  /**
   * Opens a queue with the default settings.
   *
   * @param name 1 to 200 characters; no blanks, control characters, commas, globs or braces, and
   *     not ending in {@code :intermediate}
   */
  public static JobQueue open(RedisAccess redis, String name) {
    return open(redis, name, QueueSettings.defaults());
  }

  /** Opens a queue. */
  public static JobQueue open(RedisAccess redis, String name, QueueSettings settings) {
    return new RqJobQueue(new RqAsyncJobQueue(redis, name, settings));
  }

  @Override
  public String name() {
    return async.name();
  }

  @Override
  public <A extends Record> Job enqueue(JobType<A, ?> type, A arguments) {
    return enqueue(type, arguments, Enqueue.defaults());
  }

  @Override
  public <A extends Record> Job enqueue(JobType<A, ?> type, A arguments, Enqueue options) {
    return RedisAccess.await(async.enqueue(type, arguments, options));
  }

  @Override
  public Job enqueue(RemoteCall call) {
    return enqueue(call, Enqueue.defaults());
  }

  @Override
  public Job enqueue(RemoteCall call, Enqueue options) {
    return RedisAccess.await(async.enqueue(call, options));
  }

  @Override
  public Optional<Job> find(String id) {
    return RedisAccess.await(async.find(id));
  }

  @Override
  public Optional<JobResult> findResult(String id) {
    return RedisAccess.await(async.findResult(id));
  }

  @Override
  public <R> Optional<R> findResult(JobType<?, R> type, String id) {
    return RedisAccess.await(async.findResult(type, id));
  }

  @Override
  public JobResult await(String id, Duration atMost) {
    return RedisAccess.await(async.await(id, atMost));
  }

  @Override
  public <R> R await(JobType<?, R> type, String id, Duration atMost) {
    return RedisAccess.await(async.await(type, id, atMost));
  }

  @Override
  public Explanation explain(String id) {
    return RedisAccess.await(async.explain(id));
  }

  @Override
  public boolean requeue(String id) {
    return RedisAccess.await(async.requeue(id));
  }

  @Override
  public boolean cancel(String id) {
    return RedisAccess.await(async.cancel(id));
  }

  @Override
  public boolean delete(String id) {
    return RedisAccess.await(async.delete(id));
  }

  @Override
  public AsyncJobQueue async() {
    return async;
  }

  @Override
  public void close() {
    async.close();
  }
}
