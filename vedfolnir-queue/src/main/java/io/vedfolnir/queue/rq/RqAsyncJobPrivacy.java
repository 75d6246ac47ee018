// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.vedfolnir.queue.AsyncJobPrivacy;
import io.vedfolnir.queue.JobDetails;
import io.vedfolnir.queue.JobExport;
import io.vedfolnir.queue.JobSubject;
import io.vedfolnir.queue.PrivacyReceipt;
import io.vedfolnir.queue.QueueSettings;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.queue.codec.PayloadLimits;
import io.vedfolnir.redis.RedisAccess;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** All that privacy does, once; {@link RqJobPrivacy} waits for it. */
final class RqAsyncJobPrivacy implements AsyncJobPrivacy {

  private final RedisAccess redis;
  private final SubjectJobs jobs;
  private final JobDetailsReader details;
  private final TaskDocuments documents;
  private final JobErasure erasure;

  RqAsyncJobPrivacy(RedisAccess redis, QueueSettings settings, Optional<RedisAccess> scanning) {
    RqKeys keys = new RqKeys(settings.keyPrefix());
    PayloadCodec codec = new PayloadCodec(PayloadLimits.defaults());
    JobReader reader = new JobReader(redis, keys, codec);
    this.redis = redis;
    this.jobs = new SubjectJobs(redis, keys, codec, scanning);
    this.details = new JobDetailsReader(redis, keys, codec, reader);
    this.documents = new TaskDocuments(redis, codec);
    JobSteering steering = new JobSteering(redis, keys);
    Explainer explainer =
        new Explainer(redis, keys, reader, steering, new QueueOverview(redis, keys));
    this.erasure = new JobErasure(redis, keys, codec, explainer, steering);
  }

  @Override
  public CompletionStage<JobExport> export(JobSubject subject) {
    return jobs.of(subject)
        .thenCompose(
            ids ->
                Stages.eachInTurn(ids, details::showReadable)
                    .thenCombine(
                        contents(subject, ids),
                        (shown, contents) ->
                            new JobExport(
                                redis.clock().instant(),
                                shown.stream().<JobDetails>flatMap(Optional::stream).toList(),
                                contents)));
  }

  private CompletionStage<Map<String, Object>> contents(JobSubject subject, List<String> ids) {
    Map<String, Object> contents = new LinkedHashMap<>();
    return documents
        .keys(subject.userId(), ids)
        .thenCompose(
            keys ->
                Stages.eachInTurn(
                    keys,
                    key ->
                        documents
                            .content(key)
                            .thenApply(content -> contents.put(key, content) == null)))
        .thenCompose(done -> documents.items(subject.userId(), ids))
        .thenApply(
            lists -> {
              lists.forEach(
                  (list, items) -> contents.put(list, items.stream().map(RqKeys::text).toList()));
              return contents;
            });
  }

  @Override
  public CompletionStage<PrivacyReceipt> preview(JobSubject subject) {
    return jobs.of(subject)
        .thenCompose(
            ids ->
                documents
                    .keys(subject.userId(), ids)
                    .thenCombine(
                        documents.items(subject.userId(), ids),
                        (keys, items) ->
                            new PrivacyReceipt(
                                true,
                                redis.clock().instant(),
                                ids.size(),
                                keys.size(),
                                items.values().stream().mapToLong(List::size).sum(),
                                0)));
  }

  @Override
  public CompletionStage<PrivacyReceipt> erase(JobSubject subject) {
    return end(subject, erasure::erase);
  }

  @Override
  public CompletionStage<PrivacyReceipt> anonymise(JobSubject subject) {
    return end(subject, erasure::anonymise);
  }

  // The documents go last: they may be the only sign that a job is this person's, and an erasure
  // that is cut off must find it again.
  private CompletionStage<PrivacyReceipt> end(
      JobSubject subject, Function<String, CompletionStage<Boolean>> action) {
    return jobs.of(subject)
        .thenCompose(
            ids ->
                Stages.eachInTurn(ids, action)
                    .thenCompose(
                        done -> {
                          List<String> ended = new ArrayList<>();
                          for (int i = 0; i < ids.size(); i++) {
                            if (done.get(i)) {
                              ended.add(ids.get(i));
                            }
                          }
                          return forget(subject, ended, ids.size() - ended.size());
                        }));
  }

  private CompletionStage<PrivacyReceipt> forget(
      JobSubject subject, List<String> ended, long left) {
    return documents
        .keys(subject.userId(), ended)
        .thenApply(
            keys ->
                keys.stream()
                    // The lock of a task that runs stays.
                    .filter(key -> left == 0 || !key.equals(TaskKeys.activeTask(subject.userId())))
                    .toList())
        .thenCompose(documents::remove)
        .thenCombine(
            documents.items(subject.userId(), ended).thenCompose(documents::removeItems),
            (removed, items) ->
                new PrivacyReceipt(
                    false, redis.clock().instant(), ended.size(), removed, items, left));
  }
}
