// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.cli;

import io.vedfolnir.examples.ExampleFunctions;
import io.vedfolnir.queue.Worker;
import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.queue.worker.RqWorker;
import io.vedfolnir.redis.RedisAccess;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a worker for the example functions until it is asked to end, or its queues are empty. */
@Command(
    name = "work",
    description = {
      "Run jobs: examples.add(a, b), examples.echo(x), examples.fail(message) and",
      "examples.sleep(seconds). SIGTERM ends it warmly: running jobs may finish."
    },
    mixinStandardHelpOptions = true)
final class WorkCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "<redis-uri>", description = "where Redis is")
  private String uri = "";

  @Parameters(
      index = "1",
      split = ",",
      paramLabel = "<queue>",
      description = "names of the queues, the most urgent first")
  private List<String> queues = List.of();

  @Option(names = "--burst", description = "end when the queues are empty")
  private boolean burst;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    WorkerSettings settings =
        ExampleFunctions.served(WorkerSettings.listeningTo(queues.toArray(String[]::new)));
    try (RedisAccess redis = Connection.open(uri);
        Worker worker = RqWorker.start(redis, burst ? settings.withBurst() : settings)) {
      Thread onSignal = new Thread(() -> endWarmly(worker), "warm-shutdown");
      Runtime.getRuntime().addShutdownHook(onSignal);
      err.println("worker " + worker.name() + " listens on " + String.join(", ", queues));
      worker.awaitStopped();
      Worker.Counts counts = worker.counts();
      err.println("finished " + counts.finished() + ", failed " + counts.failed());
      forget(onSignal);
      return ExitCode.DONE.status();
    }
  }

  /** A warm shutdown is a success, whatever status the JVM has for the signal that asked for it. */
  private static void endWarmly(Worker worker) {
    worker.close();
    Runtime.getRuntime().halt(ExitCode.DONE.status());
  }

  private static void forget(Thread onSignal) {
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      // The JVM is ending already, and the hook runs.
    }
  }
}
