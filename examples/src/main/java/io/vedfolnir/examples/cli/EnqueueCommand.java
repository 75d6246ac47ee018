// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.cli;

import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobQueue;
import io.vedfolnir.queue.JobResult;
import io.vedfolnir.queue.PayloadFormat;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.rq.RqJobQueue;
import io.vedfolnir.redis.RedisAccess;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Enqueues one job: its id on the first line, its result on the second if it is waited for. */
@Command(
    name = "enqueue",
    description = "Enqueue a job for RQ workers, in Python or on the JVM.",
    mixinStandardHelpOptions = true)
final class EnqueueCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "<redis-uri>", description = "where Redis is")
  private String uri = "";

  @Parameters(index = "1", paramLabel = "<queue>", description = "name of the queue")
  private String queue = "";

  @Parameters(
      index = "2",
      paramLabel = "<function>",
      description = "dotted name of the function, such as examples.add")
  private String function = "";

  @Parameters(
      index = "3",
      arity = "0..1",
      paramLabel = "<json-array-args>",
      description = "positional arguments, such as '[2, 3]'",
      defaultValue = "[]")
  private String args = "[]";

  @Parameters(
      index = "4",
      arity = "0..1",
      paramLabel = "<json-object-kwargs>",
      description = "keyword arguments, such as '{\"b\": 3}'",
      defaultValue = "{}")
  private String kwargs = "{}";

  @Option(
      names = "--serializer",
      paramLabel = "pickle|json",
      description = "what the workers of the queue read; default: ${DEFAULT-VALUE}",
      defaultValue = "pickle")
  private String serializer = "pickle";

  @Option(names = "--at-front", description = "let it run next")
  private boolean atFront;

  @Option(
      names = "--id",
      paramLabel = "<id>",
      description = "its id; the same call with the same id makes no second job")
  private @Nullable String id;

  @Option(
      names = "--wait",
      paramLabel = "<seconds>",
      description = "wait so long for the result and print it")
  private @Nullable Integer wait;

  @Override
  public Integer call() {
    RemoteCall call =
        new RemoteCall(
            function, JsonValues.array("the arguments", args), JsonValues.object("kwargs", kwargs));
    Optional<Duration> patience = Optional.ofNullable(wait).map(Duration::ofSeconds);
    try (RedisAccess redis = Connection.open(uri);
        JobQueue jobs = RqJobQueue.open(redis, queue)) {
      PrintWriter out = spec.commandLine().getOut();
      Job job = jobs.enqueue(call, options());
      out.println(job.id());
      return patience
          .map(atMost -> print(jobs.await(job.id(), atMost)))
          .orElse(ExitCode.DONE)
          .status();
    }
  }

  private ExitCode print(JobResult result) {
    if (result.outcome() != JobResult.Outcome.SUCCESSFUL) {
      spec.commandLine()
          .getErr()
          .println(
              "job failed: " + result.exceptionText().orElse("no reason was recorded").strip());
      return ExitCode.JOB_FAILED;
    }
    spec.commandLine().getOut().println(JsonValues.text(JsonValues.value(result)));
    return ExitCode.DONE;
  }

  private Enqueue options() {
    Enqueue options = Enqueue.defaults().withFormat(format());
    if (atFront) {
      options = options.atFront();
    }
    return id == null ? options : options.withId(id);
  }

  private PayloadFormat format() {
    try {
      return PayloadFormat.valueOf(serializer.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--serializer takes pickle or json", e);
    }
  }
}
