// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.quickstart;

import io.vedfolnir.examples.ExampleFunctions;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobInspector;
import io.vedfolnir.queue.JobQueue;
import io.vedfolnir.queue.JobRegistry;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.QueueInfo;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.Worker;
import io.vedfolnir.queue.WorkerInfo;
import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.queue.rq.RqJobInspector;
import io.vedfolnir.queue.rq.RqJobQueue;
import io.vedfolnir.queue.worker.RqWorker;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Jobs are enqueued by Java and run by a Java worker, and by Python where RQ is installed. */
final class JobTour {

  private static final int JOBS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Screen screen;
  private final RedisEndpoint endpoint;

  JobTour(Screen screen, RedisEndpoint endpoint) {
    this.screen = screen;
    this.endpoint = endpoint;
  }

  void run() throws Exception {
    try (RedisAccess redis = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.QUEUE)))) {
      java(redis);
      python(redis);
    }
  }

  private void java(RedisAccess redis) {
    screen.title("Jobs, run by Java");
    WorkerSettings settings =
        ExampleFunctions.served(WorkerSettings.listeningTo("high", "default").withConcurrency(4));
    try (JobQueue queue = RqJobQueue.open(redis, "default");
        JobQueue urgent = RqJobQueue.open(redis, "high")) {
      List<Job> jobs = new ArrayList<>();
      for (int i = 1; i < JOBS; i++) {
        jobs.add(queue.enqueue(RemoteCall.of("examples.add", (long) i, (long) i)));
      }
      Job failing = urgent.enqueue(RemoteCall.of("examples.fail", "the disk is full"));
      screen.line("enqueue", JOBS + " jobs: examples.add(i, i), and one that fails");

      try (Worker worker = RqWorker.start(redis, settings)) {
        for (int i = 0; i < jobs.size(); i++) {
          queue.await(jobs.get(i).id(), PATIENCE);
          screen.progress("work", i + 1, jobs.size());
        }
        show("examples.add(1, 1)", queue, jobs.get(0));
        show("examples.add(19, 19)", queue, jobs.get(JOBS - 2));
        show("examples.fail(\"the disk is full\")", urgent, failing);
        info(redis);
      }
    }
  }

  private void show(String call, JobQueue queue, Job job) {
    JobResult result = queue.await(job.id(), PATIENCE);
    String text =
        result
            .value()
            .map(String::valueOf)
            .orElseGet(() -> result.exceptionText().map(JobTour::lastLine).orElse("None"));
    screen.line("result", call + " = " + text);
  }

  /** What `rq info` shows. */
  private void info(RedisAccess redis) {
    JobInspector inspector = RqJobInspector.open(redis);
    for (WorkerInfo worker : inspector.workers()) {
      screen.line(
          "rq info",
          worker.name()
              + ": "
              + worker.state()
              + " "
              + String.join(",", worker.queues())
              + ". jobs: "
              + worker.finished()
              + " finished, "
              + worker.failed()
              + " failed");
    }
    for (QueueInfo queue : inspector.queues()) {
      screen.line(
          "",
          queue.name()
              + ": "
              + queue.count(JobRegistry.QUEUED)
              + " waiting, "
              + queue.count(JobRegistry.FINISHED)
              + " finished, "
              + queue.count(JobRegistry.FAILED)
              + " failed");
    }
  }

  private void python(RedisAccess redis) throws Exception {
    screen.title("A job, run by Python");
    var rq = PythonRq.find();
    if (rq.isEmpty()) {
      screen.line("skipped", "python3 with RQ is not installed here (pip install rq)");
      return;
    }
    try (JobQueue queue = RqJobQueue.open(redis, "python")) {
      Job job = queue.enqueue(RemoteCall.of("examples.add", 20L, 22L));
      screen.line("enqueue", "examples.add(20, 22) for " + rq.get().description());
      rq.get().work(endpoint.uri(Role.PYTHON_RQ), "python");
      show("examples.add(20, 22)", queue, job);
    }
  }

  private static String lastLine(String text) {
    String stripped = text.strip();
    return stripped.substring(stripped.lastIndexOf('\n') + 1);
  }
}
