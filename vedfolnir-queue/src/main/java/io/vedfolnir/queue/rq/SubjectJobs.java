// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.vedfolnir.queue.JobRegistry;
import io.vedfolnir.queue.JobSubject;
import io.vedfolnir.queue.RegistryPage;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.queue.codec.PayloadRefusedException;
import io.vedfolnir.redis.RedisAccess;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Finds the jobs of one person among all jobs. */
final class SubjectJobs {

  private static final int PAGE = 1_000;

  private final RedisAccess redis;
  private final RqKeys keys;
  private final PayloadCodec codec;
  private final JobSteering steering;
  private final QueueOverview overview;
  private final JobDetailsReader details;
  private final Optional<RedisAccess> scanning;

  SubjectJobs(RedisAccess redis, RqKeys keys, PayloadCodec codec, Optional<RedisAccess> scanning) {
    this.redis = redis;
    this.keys = keys;
    this.codec = codec;
    this.steering = new JobSteering(redis, keys);
    this.overview = new QueueOverview(redis, keys);
    this.details = new JobDetailsReader(redis, keys, codec, new JobReader(redis, keys, codec));
    this.scanning = scanning;
  }

  /** Ids of the person's jobs. */
  CompletionStage<List<String>> of(JobSubject subject) {
    return all()
        .thenCompose(
            ids ->
                Stages.eachInTurn(
                    ids,
                    id -> isOf(subject, id).thenApply(is -> is ? List.of(id) : List.<String>of())))
        .thenApply(found -> found.stream().flatMap(List::stream).toList());
  }

  private CompletionStage<Set<String>> all() {
    Set<String> ids = new LinkedHashSet<>();
    return steering
        .queues()
        .thenCompose(
            queues ->
                Stages.eachInTurn(
                    queues,
                    queue ->
                        Stages.eachInTurn(
                            Arrays.asList(JobRegistry.values()),
                            registry -> collect(queue, registry, 0, ids))))
        .thenCompose(
            done ->
                scanning
                    .map(ops -> scan(ops, ScanCursor.INITIAL, ids))
                    .orElseGet(() -> CompletableFuture.completedFuture(ids)));
  }

  private CompletionStage<Set<String>> collect(
      String queue, JobRegistry registry, long from, Set<String> ids) {
    return overview
        .list(queue, registry, from, PAGE)
        .thenCompose(
            page -> {
              page.entries().stream()
                  .map(RegistryPage.Entry::id)
                  .filter(RqKeys::isJobId)
                  .forEach(ids::add);
              return page.entries().size() == PAGE
                  ? collect(queue, registry, from + PAGE, ids)
                  : CompletableFuture.completedFuture(ids);
            });
  }

  private CompletionStage<Set<String>> scan(RedisAccess ops, ScanCursor cursor, Set<String> ids) {
    return ops.<KeyScanCursor<String>>read(
            commands -> commands.scan(cursor, ScanArgs.Builder.limit(PAGE).match(keys.anyJob())))
        .thenCompose(
            page -> {
              page.getKeys().stream().flatMap(key -> keys.jobOf(key).stream()).forEach(ids::add);
              return page.isFinished()
                  ? CompletableFuture.completedFuture(ids)
                  : scan(ops, page, ids);
            });
  }

  private CompletionStage<Boolean> isOf(JobSubject subject, String id) {
    return redis
        .<Boolean>readTogether(
            commands -> {
              CompletionStage<List<KeyValue<String, byte[]>>> auth =
                  commands.hmget(TaskKeys.authorisation(id), "user_id");
              CompletionStage<Long> progress =
                  commands.exists(TaskKeys.userProgress(subject.userId(), id));
              return commands
                  .hmget(keys.job(id), "meta")
                  .thenApply(reply -> metaNames(subject, reply.get(0)))
                  .thenCombine(
                      auth,
                      (named, reply) ->
                          named
                              || new HashFields(reply)
                                  .text("user_id")
                                  .filter(subject.userId()::equals)
                                  .isPresent())
                  .thenCombine(progress, (named, count) -> named || count > 0);
            })
        .thenCompose(
            named ->
                named || subject.selector().isEmpty()
                    ? CompletableFuture.completedFuture(named)
                    : details
                        .showReadable(id)
                        .thenApply(
                            job -> job.filter(subject.selector().orElseThrow()).isPresent()));
  }

  private boolean metaNames(JobSubject subject, KeyValue<String, byte[]> meta) {
    try {
      return meta.hasValue()
          && subject
              .userId()
              .equals(String.valueOf(codec.decodeMeta(meta.getValue()).get("user_id")));
    } catch (PayloadRefusedException e) {
      return false;
    }
  }
}
