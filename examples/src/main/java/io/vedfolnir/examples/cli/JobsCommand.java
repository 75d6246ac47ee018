// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.cli;

import io.vedfolnir.queue.DependentJobs;
import io.vedfolnir.queue.Explanation;
import io.vedfolnir.queue.JobDetails;
import io.vedfolnir.queue.JobInspector;
import io.vedfolnir.queue.JobRegistry;
import io.vedfolnir.queue.rq.RqJobInspector;
import io.vedfolnir.redis.RedisAccess;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Jobs, queues and workers from the command line. */
@Command(
    name = "jobs",
    description = "Look at jobs, queues and workers, and steer jobs.",
    mixinStandardHelpOptions = true)
final class JobsCommand {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "<redis-uri>", description = "where Redis is")
  private String uri = "";

  @Command(
      description = "Print a job: call, meta, newest result, times.",
      mixinStandardHelpOptions = true)
  int show(@Parameters(paramLabel = "<id>") String id) {
    return with(
        jobs -> {
          Optional<JobDetails> details = jobs.show(id);
          return details.isPresent() ? print(JobJson.of(details.get())) : noSuchJob();
        });
  }

  @Command(description = "Print why a job does not run.", mixinStandardHelpOptions = true)
  int explain(@Parameters(paramLabel = "<id>") String id) {
    return with(
        jobs -> {
          Explanation explanation = jobs.explain(id);
          print(JobJson.of(id, explanation));
          return explanation instanceof Explanation.Unknown ? ExitCode.NOT_FOUND : ExitCode.DONE;
        });
  }

  @Command(
      description = {
        "Print the ids of a registry: queued, claimed, started, finished, failed, deferred,",
        "scheduled or canceled."
      },
      mixinStandardHelpOptions = true)
  int list(
      @Parameters(paramLabel = "<queue>") String queue,
      @Parameters(paramLabel = "<registry>") String registry,
      @Option(
              names = "--from",
              paramLabel = "<n>",
              defaultValue = "0",
              description = "place of the first one; default: 0")
          long from,
      @Option(
              names = "--count",
              paramLabel = "<n>",
              defaultValue = "100",
              description = "how many; default: 100")
          int count) {
    return with(jobs -> print(JobJson.of(jobs.list(queue, registry(registry), from, count))));
  }

  @Command(description = "Queue a failed job again.", mixinStandardHelpOptions = true)
  int requeue(@Parameters(paramLabel = "<id>") String id) {
    return with(jobs -> done("requeued", jobs.requeue(id)));
  }

  @Command(description = "Keep a job from running.", mixinStandardHelpOptions = true)
  int cancel(@Parameters(paramLabel = "<id>") String id) {
    return with(jobs -> done("canceled", jobs.cancel(id, DependentJobs.LEAVE)));
  }

  @Command(description = "Remove a job and its results.", mixinStandardHelpOptions = true)
  int delete(@Parameters(paramLabel = "<id>") String id) {
    return with(jobs -> done("deleted", jobs.delete(id, DependentJobs.LEAVE)));
  }

  @Command(description = "Print the workers that are alive.", mixinStandardHelpOptions = true)
  int workers() {
    return with(jobs -> print(jobs.workers().stream().map(JobJson::of).toList()));
  }

  @Command(description = "Print the queues and their counts.", mixinStandardHelpOptions = true)
  int queues() {
    return with(jobs -> print(jobs.queues().stream().map(JobJson::of).toList()));
  }

  private int with(Function<JobInspector, ExitCode> work) {
    try (RedisAccess redis = Connection.open(uri)) {
      return work.apply(RqJobInspector.open(redis)).status();
    }
  }

  private ExitCode print(Object json) {
    spec.commandLine().getOut().println(JsonValues.text(json));
    return ExitCode.DONE;
  }

  private ExitCode done(String what, boolean existed) {
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put(what, existed);
    print(answer);
    return existed ? ExitCode.DONE : noSuchJob();
  }

  private ExitCode noSuchJob() {
    spec.commandLine().getErr().println("no such job");
    return ExitCode.NOT_FOUND;
  }

  private static JobRegistry registry(String word) {
    return Arrays.stream(JobRegistry.values())
        .filter(registry -> registry.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a registry is one of "
                        + Arrays.toString(JobRegistry.values()).toLowerCase(Locale.ROOT)));
  }
}
