// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.JobContext;
import io.vedfolnir.queue.codec.Serializer;
import io.vedfolnir.queue.rq.JobHash;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One run of one job by this worker, and what its handler may know of it.
 *
 * <p>Whoever {@linkplain #settle() settles} it first records its outcome: the thread that ran the
 * handler, or, when that does not come back, the one that gave up waiting.
 */
final class Execution implements JobContext {

  /** Why a run ends before its handler does. */
  enum Interruption {
    TIMEOUT,
    SHUTDOWN,
    STOPPED,
    KILLED
  }

  private final JobHash hash;
  private final String queue;
  private final String executionId;
  private final Instant startedAt;
  private final Optional<Duration> timeout;
  private final Meta meta;

  private volatile String function = "";
  private volatile @Nullable Serializer serializer;
  private volatile Instant lastBeat;
  private volatile boolean cancelled;
  private @Nullable Thread handlerThread;
  private @Nullable Interruption interruption;
  private boolean settled;

  Execution(
      JobHash hash,
      String queue,
      String executionId,
      Instant startedAt,
      Optional<Duration> timeout,
      Meta meta) {
    this.meta = meta;
    this.hash = hash;
    this.queue = queue;
    this.executionId = executionId;
    this.startedAt = startedAt;
    this.timeout = timeout;
    this.lastBeat = startedAt;
  }

  JobHash hash() {
    return hash;
  }

  Instant startedAt() {
    return startedAt;
  }

  Optional<Duration> timeout() {
    return timeout;
  }

  Instant lastBeat() {
    return lastBeat;
  }

  void beaten(Instant now) {
    lastBeat = now;
  }

  /** What it calls, and how its payload was written. */
  void calls(String name, Serializer written) {
    function = name;
    serializer = written;
  }

  /** The handler begins on this thread, unless the run is over already. */
  synchronized boolean enter() {
    if (interruption != null) {
      return false;
    }
    handlerThread = Thread.currentThread();
    return true;
  }

  /** The handler has come back; no interrupt of this run reaches the thread after this. */
  synchronized void leave() {
    handlerThread = null;
    forgetInterrupt();
  }

  /** An interrupt was for what has just ended on this thread, and for nothing that follows. */
  void forgetInterrupt() {
    boolean cleared = Thread.interrupted();
    cancelled |= cleared;
  }

  /** Interrupts the handler; the first reason stays. */
  synchronized void interrupt(Interruption reason) {
    if (settled) {
      return;
    }
    if (interruption == null) {
      interruption = reason;
    }
    cancelled = true;
    if (handlerThread != null) {
      handlerThread.interrupt();
    }
  }

  synchronized Optional<Interruption> interruption() {
    return Optional.ofNullable(interruption);
  }

  /** True for the one caller that may record the outcome. */
  synchronized boolean settle() {
    boolean first = !settled;
    settled = true;
    return first;
  }

  /** Others have taken the job over. */
  void lost() {
    cancelled = true;
  }

  @Override
  public String id() {
    return hash.id();
  }

  @Override
  public String queue() {
    return queue;
  }

  @Override
  public String function() {
    return function;
  }

  @Override
  public int attempt() {
    return hash.starts() + 1;
  }

  @Override
  public int retriesLeft() {
    return hash.retriesLeft();
  }

  @Override
  public Optional<Instant> deadline() {
    return timeout.map(startedAt::plus);
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public String executionId() {
    return executionId;
  }

  @Override
  public Map<String, @Nullable Object> meta() {
    return meta.read(this);
  }

  @Override
  public boolean saveMeta(Map<String, ? extends @Nullable Object> values) {
    Serializer written = serializer;
    if (written == null) {
      throw new IllegalStateException("the job has not been read yet");
    }
    return meta.write(this, values, written);
  }

  @Override
  public String toString() {
    return "Execution[" + queue + ", " + function + "]";
  }
}
