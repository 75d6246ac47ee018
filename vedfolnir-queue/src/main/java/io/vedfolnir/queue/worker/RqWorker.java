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

  private final Workshop workshop;
  private final Running running = new Running();
  private final Slots slots;
  private final Idleness idleness;
  private final Deadlines deadlines;
  private final JobRunner runner;
  private final JobFetcher fetcher;
  private final WorkerRegistration registration;
  private final ScheduledThreadPoolExecutor heart;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean stopping;

  private RqWorker(RedisAccess redis, WorkerSettings settings) {
    settings.queues().forEach(RqKeys::name);
    String name = settings.name().orElseGet(RqWorker::someName);
    Threads threads = new Threads(name);
    this.workshop =
        new Workshop(
            redis,
            new RqKeys(settings.keyPrefix()),
            new PayloadCodec(PayloadLimits.defaults().withMaxInput(settings.maxPayload())),
            settings,
            name,
            new Tally(),
            new Patience());
    this.slots = new Slots(settings.concurrency(), threads);
    this.idleness = new Idleness(workshop, running);
    this.deadlines = new Deadlines(threads, settings.interruptGrace());
    this.runner = new JobRunner(workshop, slots, running, idleness, deadlines, threads);
    this.fetcher = new JobFetcher(workshop, slots, runner, idleness);
    this.registration = new WorkerRegistration(workshop);
    this.heart = new ScheduledThreadPoolExecutor(1, threads.factory("heartbeat"));
    RedisAccess.await(registration.birth());
    long beat = settings.heartbeat().toMillis();
    heart.scheduleAtFixedRate(
        new Heartbeat(workshop, running, registration), beat, beat, TimeUnit.MILLISECONDS);
    threads.named("main", this::live).start();
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
  public void close() {
    stopping = true;
    runner.stop();
    fetcher.stop();
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

  private void live() {
    log.info(
        "worker {} listens to {} with {} slots",
        name(),
        workshop.settings().queues(),
        workshop.settings().concurrency());
    try {
      fetcher.run();
    } catch (InterruptedException e) {
      log.warn("worker {} was interrupted and shuts down", name());
    } catch (RuntimeException e) {
      log.error("worker {} cannot go on and shuts down", name(), e);
    }
    stopping = true;
    try {
      endJobs();
    } catch (InterruptedException e) {
      slots.interruptAll();
    } finally {
      leave();
    }
  }

  private void endJobs() throws InterruptedException {
    runner.stop();
    slots.shutdown();
    if (slots.awaitEnd(workshop.settings().shutdownGrace())) {
      return;
    }
    log.warn("worker {} interrupts {} jobs at the end of its grace", name(), running.all().size());
    running.all().forEach(execution -> execution.interrupt(Execution.Interruption.SHUTDOWN));
    if (slots.awaitEnd(workshop.settings().interruptGrace())) {
      return;
    }
    running.all().forEach(runner::leaveBehind);
    if (!running.awaitEmpty(Duration.ofSeconds(5))) {
      workshop.patience().end();
      running.awaitEmpty(Duration.ofSeconds(5));
    }
  }

  private void leave() {
    workshop.patience().end();
    heart.shutdownNow();
    deadlines.close();
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
