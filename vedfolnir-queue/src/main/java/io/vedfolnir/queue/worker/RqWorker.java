// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import io.vedfolnir.queue.Worker;
import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.queue.codec.PayloadCodec;
import io.vedfolnir.queue.codec.PayloadLimits;
import io.vedfolnir.queue.rq.RqKeys;
import io.vedfolnir.redis.RedisAccess;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The door for workers: runs RQ jobs with Java handlers, beside or instead of Python workers. */
public final class RqWorker implements Worker {

  private static final Logger log = LoggerFactory.getLogger(RqWorker.class);

  /** How long the last results may take when the worker is closed. */
  private static final Duration RECORDING = Duration.ofSeconds(5);

  /** Longest time between two looks for what dead workers have left. */
  private static final Duration SWEEP = Duration.ofSeconds(30);

  private final Workshop workshop;
  private final Threads threads;
  private final Running running = new Running();
  private final Slots slots;
  private final Idleness idleness;
  private final Deadlines deadlines;
  private final Dependents dependents;
  private final JobRunner runner;
  private final WorkLoop loop;
  private final Sweep sweep;
  private final RemoteControl remoteControl;
  private final WorkerRegistration registration;
  private final ScheduledThreadPoolExecutor heart;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean stopping;

  private RqWorker(RedisAccess redis, WorkerSettings settings) {
    settings.queues().forEach(RqKeys::name);
    String name = settings.name().orElseGet(RqWorker::someName);
    this.threads = new Threads(name);
    this.workshop =
        new Workshop(
            redis,
            new RqKeys(settings.keyPrefix()),
            new PayloadCodec(PayloadLimits.defaults().withMaxInput(settings.maxPayload())),
            settings,
            name,
            new Tally(),
            new Patience());
    Bell bell = new Bell();
    this.slots = new Slots(settings.concurrency(), settings.threading(), threads, bell);
    this.idleness = new Idleness(workshop, running);
    this.deadlines = new Deadlines(threads, settings.interruptGrace());
    this.dependents = new Dependents(workshop, threads, bell);
    Endings endings = new Endings(workshop, dependents, this::settled);
    Callbacks callbacks = new Callbacks(settings.callbacks(), deadlines);
    this.runner =
        new JobRunner(
            workshop,
            slots,
            running,
            deadlines,
            callbacks,
            threads,
            ending -> {
              endings.add(ending);
              bell.ring();
            });
    this.sweep = new Sweep(workshop, dependents, callbacks, System::nanoTime);
    this.loop =
        new WorkLoop(
            workshop, slots, bell, runner, endings, dependents, idleness, this::sweepTwiceSoon);
    this.registration = new WorkerRegistration(workshop);
    this.heart = new ScheduledThreadPoolExecutor(2, threads.factory("heartbeat"));
    RedisAccess.await(registration.birth());
    this.remoteControl = new RemoteControl(workshop, runner, this::stop);
    long beat = settings.heartbeat().toMillis();
    heart.scheduleAtFixedRate(
        new Heartbeat(workshop, running, registration), beat, beat, TimeUnit.MILLISECONDS);
    heart.scheduleWithFixedDelay(sweep, 0, Math.min(beat, SWEEP.toMillis()), TimeUnit.MILLISECONDS);
    threads.named("main", this::live).start();
  }

  // Once to see what lies there, once to put back what lies there still.
  private void sweepTwiceSoon() {
    if (!heart.isShutdown()) {
      heart.schedule(sweep, 1, TimeUnit.SECONDS);
      heart.schedule(sweep, Sweep.STUCK.toSeconds() + 2, TimeUnit.SECONDS);
    }
  }

  /**
   * Registers a worker and lets it run. It ends when it is closed, or in {@linkplain
   * WorkerSettings#withBurst() a burst} by itself. Its threads do not keep the JVM alive.
   *
   * @throws IllegalArgumentException if no handler is registered or a queue name is malformed
   * @throws io.vedfolnir.queue.QueueException.WorkerNameTaken if a worker of this name is alive
   * @throws io.vedfolnir.redis.RedisAccessException if it cannot be registered
   */
  public static Worker start(RedisAccess redis, WorkerSettings settings) {
    if (settings.handlers().isEmpty()) {
      throw new IllegalArgumentException(
          "a worker without handlers would fail every job; add one with handling(…)");
    }
    return new RqWorker(redis, settings);
  }

  @Override
  public String name() {
    return workshop.name();
  }

  @Override
  public State state() {
    if (stopped.getCount() == 0) {
      return State.STOPPED;
    }
    return stopping ? State.STOPPING : idleness.state();
  }

  @Override
  public Counts counts() {
    return workshop.tally().counts();
  }

  @Override
  public void awaitStopped() throws InterruptedException {
    stopped.await();
  }

  @Override
  public boolean awaitStopped(Duration atMost) throws InterruptedException {
    return stopped.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void closeNow() {
    stop();
    running
        .all()
        .forEach(
            execution ->
                deadlines.interrupt(
                    execution, Execution.Interruption.SHUTDOWN, runner::leaveBehind));
    close();
  }

  @Override
  public void close() {
    stop();
    boolean interrupted = false;
    while (true) {
      try {
        stopped.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // a half-closed worker helps nobody
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop() {
    stopping = true;
    loop.stop();
  }

  private void live() {
    log.info(
        "worker {} listens to {} with {} slots",
        name(),
        workshop.settings().queues(),
        workshop.settings().concurrency());
    try {
      loop.run();
    } catch (InterruptedException e) {
      log.warn("worker {} was interrupted and shuts down", name());
    } catch (RuntimeException e) {
      log.error("worker {} cannot go on and shuts down", name(), e);
    }
    stop();
    try {
      threads.named("closing", this::endJobs).start();
      loop.drain();
      dependents.close(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      log.warn("worker {} was interrupted while it recorded its last results", name());
    } catch (RuntimeException e) {
      log.error("worker {} could not record its last results", name(), e);
    } finally {
      leave();
    }
  }

  /** Waits for what runs while the main thread records what ends. */
  private void endJobs() {
    try {
      if (!slots.awaitAllFree(workshop.settings().shutdownGrace())) {
        log.warn(
            "worker {} interrupts {} jobs at the end of its grace", name(), running.all().size());
        running.all().forEach(execution -> execution.interrupt(Execution.Interruption.SHUTDOWN));
        if (!slots.awaitAllFree(workshop.settings().interruptGrace())) {
          running.all().forEach(runner::leaveBehind);
          slots.awaitAllFree(RECORDING);
        }
      }
      if (!running.awaitEmpty(RECORDING)) {
        workshop.patience().end();
      }
    } catch (InterruptedException e) {
      workshop.patience().end();
    } finally {
      loop.finish();
    }
  }

  private void settled(Ending ending, boolean recorded) {
    Tally tally = workshop.tally();
    if (recorded) {
      switch (ending.goal()) {
        case FINISHED -> tally.finished.increment();
        case FAILED, STOPPED -> tally.failed.increment();
        case RETRIED, RETURNED -> tally.retried.increment();
      }
    } else {
      tally.refused.increment();
      log.warn("a result is refused: the job was taken over, stopped or deleted while it ran");
    }
    running.remove(ending.execution());
    idleness.jobEnded();
  }

  private void leave() {
    workshop.patience().end();
    heart.shutdownNow();
    deadlines.close();
    slots.shutdown();
    remoteControl.close();
    try {
      RedisAccess.await(registration.death());
    } catch (RuntimeException e) {
      log.warn("worker {} could not sign off, its entry will expire: {}", name(), e.getMessage());
    }
    log.info("worker {} has stopped: {}", name(), counts());
    stopped.countDown();
  }

  private static String someName() {
    byte[] random = new byte[4];
    ThreadLocalRandom.current().nextBytes(random);
    String host = HostName.get().replaceAll("[^A-Za-z0-9._-]", "-");
    return host.substring(0, Math.min(host.length(), 60))
        + "-"
        + ProcessHandle.current().pid()
        + "-"
        + HexFormat.of().formatHex(random);
  }
}
