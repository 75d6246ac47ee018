// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.vedfolnir.queue.AsyncJobPrivacy;
import io.vedfolnir.queue.JobExport;
import io.vedfolnir.queue.JobPrivacy;
import io.vedfolnir.queue.JobSubject;
import io.vedfolnir.queue.PrivacyReceipt;
import io.vedfolnir.queue.QueueSettings;
import io.vedfolnir.redis.RedisAccess;
import java.util.Optional;

/** The door for privacy: the jobs of one person. It opens nothing that had to be closed. */
public final class RqJobPrivacy implements JobPrivacy {

  private final RqAsyncJobPrivacy async;

  private RqJobPrivacy(RqAsyncJobPrivacy async) {
    this.async = async;
  }

  /** Looks at what queues and registries name, with the rights of the queue user. */
  public static JobPrivacy open(RedisAccess redis, QueueSettings settings) {
    return new RqJobPrivacy(new RqAsyncJobPrivacy(redis, settings, Optional.empty()));
  }

  /**
   * Looks at all jobs, also those that no registry names.
   *
   * @param operations an access that may SCAN, as the operations user has it; used for nothing else
   */
  public static JobPrivacy open(RedisAccess redis, QueueSettings settings, RedisAccess operations) {
    return new RqJobPrivacy(new RqAsyncJobPrivacy(redis, settings, Optional.of(operations)));
  }

  @Override
  public JobExport export(JobSubject subject) {
    return RedisAccess.await(async.export(subject));
  }

  @Override
  public PrivacyReceipt preview(JobSubject subject) {
    return RedisAccess.await(async.preview(subject));
  }

  @Override
  public PrivacyReceipt erase(JobSubject subject) {
    return RedisAccess.await(async.erase(subject));
  }

  @Override
  public PrivacyReceipt anonymise(JobSubject subject) {
    return RedisAccess.await(async.anonymise(subject));
  }

  @Override
  public AsyncJobPrivacy async() {
    return async;
  }
}
