// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.lettuce.core.StreamMessage;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.codec.PayloadCodec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One wait for a final result in one stream. Its place in the stream moves on one thread. */
final class ResultWait {

  private final String stream;
  private final long deadlineNanos;
  private final PayloadCodec codec;
  private final CompletableFuture<Optional<JobResult>> result = new CompletableFuture<>();
  private String after;

  ResultWait(String stream, String after, long deadlineNanos, PayloadCodec codec) {
    this.stream = stream;
    this.after = after;
    this.deadlineNanos = deadlineNanos;
    this.codec = codec;
  }

  String stream() {
    return stream;
  }

  /** The entry that was seen last. */
  String after() {
    return after;
  }

  /** Empty when the time was over. */
  CompletableFuture<Optional<JobResult>> result() {
    return result;
  }

  /** At least 1 while there is time. */
  long millisLeft() {
    return TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()) + 1;
  }

  boolean isOver() {
    return deadlineNanos - System.nanoTime() <= 0;
  }

  /** Takes the first final result among entries of this stream that it has not seen. */
  void offer(List<StreamMessage<String, byte[]>> entries) {
    for (StreamMessage<String, byte[]> entry : entries) {
      if (isAfter(entry.getId(), after) && !result.isDone()) {
        after = entry.getId();
        JobResult read = ResultEntry.read(entry, codec);
        if (JobReader.isFinal(read.outcome())) {
          result.complete(Optional.of(read));
        }
      }
    }
  }

  /** Whether a stream entry comes behind another. */
  static boolean isAfter(String id, String other) {
    long millis = part(id, 0);
    long otherMillis = part(other, 0);
    return millis != otherMillis ? millis > otherMillis : part(id, 1) > part(other, 1);
  }

  private static long part(String id, int index) {
    return Long.parseLong(id.split("-", 2)[index]);
  }
}
