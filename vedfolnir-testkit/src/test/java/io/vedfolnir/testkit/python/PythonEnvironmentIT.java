// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PythonEnvironmentIT {
  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened().withOwnServer();

  private static final String ENQUEUE =
      """
      import sys
      from redis import Redis
      from rq import Queue
      job = Queue('default', connection=Redis.from_url(sys.argv[1])).enqueue('math.gcd', 12, 18)
      print(job.id)
      """;
  private static final String RESULT =
      """
      import sys
      from redis import Redis
      from rq.job import Job
      print(Job.fetch(sys.argv[2], connection=Redis.from_url(sys.argv[1])).return_value())
      """;

  @ParameterizedTest
  @ValueSource(strings = {"2", "1.16"})
  void realRqWorksUnderItsRights(String line, RedisEndpoint endpoint)
      throws IOException, InterruptedException {
    PythonEnvironment python = PythonEnvironment.rq(line);
    assertThat(python.rqVersion()).startsWith(line + ".");
    String uri = endpoint.uri(Role.PYTHON_RQ);
    String job = python.run(ENQUEUE, uri).strip();
    Process worker =
        python
            .command("-m", "rq.cli", "worker", "--burst", "--url", uri, "default")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(worker.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(worker.exitValue()).isZero();
    assertThat(python.run(RESULT, uri, job)).isEqualToIgnoringNewLines("6");
  }

  @Test
  void failedProgramSaysWhatItPrinted() {
    PythonEnvironment python = PythonEnvironment.rq("2");
    assertThatThrownBy(() -> python.run("raise SystemExit('no luck')"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no luck");
  }

  @Test
  void knowsTwoLinesOfRq() {
    assertThatThrownBy(() -> PythonEnvironment.rq("0.9"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
