// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.queue.rq.RqJobInspector;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What lies in Redis after an enqueue from Java and after the same enqueue from Python: every key,
 * field by field. The differences that are named here are explained in docs/wire.md.
 */
class KeyspaceIT {

  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  @TempDir Path folder;

  private QueueRig rig;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    rig = new QueueRig(endpoint);
    rig.clear();
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private static final String PLAIN =
      "queue.enqueue('examples.add', 2, b=3, job_id='it'); print('1')";

  private static final String FULL =
      """
      queue.enqueue('examples.add', 2, b=3, job_id='it', meta={'user_id': 7}, job_timeout=60, ttl=600,
                    result_ttl=700, failure_ttl=800, description='described', at_front=True,
                    retry=Retry(max=2, interval=[10, 20])); print('1')
      """;

  /** The differences that RQ's versions make: those of 1.x are fields that they do not know. */
  private static Set<String> ours(String line, String... more) {
    Set<String> fields = new TreeSet<>(List.of(more));
    fields.add("rq:job:it vedfolnir_enqueue");
    if (!line.equals("2")) {
      fields.add("rq:job:it group_id");
    }
    if (line.equals("1.13")) {
      fields.add("rq:job:it stopped_callback_name");
    }
    return fields;
  }

  @ParameterizedTest
  @CsvSource({"1.13, pickle", "1.13, json", "1.16, pickle", "1.16, json", "2, pickle", "2, json"})
  void anEnqueueLeavesWhatPythonsLeaves(String line, String serializer) throws Exception {
    PythonRq python = PythonRq.of(line, folder, rig.endpoint.uri(Role.TEST));
    PayloadFormat format = PayloadFormat.valueOf(serializer.toUpperCase(java.util.Locale.ROOT));
    RemoteCall call = RemoteCall.of("examples.add", 2).with("b", 3);
    Enqueue plain = Enqueue.defaults().withId("it").withFormat(format);

    assertThat(differences(python, serializer, PLAIN, call, plain))
        .isEqualTo(
            ours(
                line,
                "rq:job:it TTL",
                "rq:job:it description",
                "rq:job:it failure_ttl",
                "rq:job:it result_ttl",
                "rq:job:it ttl"));
    Enqueue full =
        plain
            .withMeta(Map.of("user_id", 7))
            .withTimeout(ofMinutes(1))
            .withJobTtl(ofMinutes(10))
            .withResultTtl(ofSeconds(700))
            .withFailureTtl(ofSeconds(800))
            .withDescription("described")
            .withRetry(Retry.times(2).every(ofSeconds(10), ofSeconds(20)))
            .atFront();
    assertThat(differences(python, serializer, FULL, call, full)).isEqualTo(ours(line));
  }

  private Set<String> differences(
      PythonRq python, String serializer, String program, RemoteCall call, Enqueue options)
      throws Exception {
    rig.clear();
    python.program(rig.queueName, serializer, program);
    Map<String, String> theirs = keyspace();
    rig.clear();
    rig.queue.enqueue(call, options);
    Map<String, String> ours = keyspace();
    Set<String> differences = new TreeSet<>();
    for (Map<String, String> side : List.of(theirs, ours)) {
      for (String place : side.keySet()) {
        if (!String.valueOf(theirs.get(place)).equals(ours.get(place))) {
          differences.add(place);
        }
      }
    }
    return differences;
  }

  /** Every field of every key; payloads decoded, times only as their form. */
  private Map<String, String> keyspace() {
    Map<String, String> all = new TreeMap<>();
    for (String key : rig.look.keys("*")) {
      String type = rig.look.type(key);
      all.put(key + " TTL", String.valueOf((rig.look.ttl(key) + 5) / 10));
      switch (type) {
        case "hash" ->
            rig.look
                .hgetall(key)
                .forEach((field, value) -> all.put(key + " " + field, form(value)));
        case "list" -> all.put(key, rig.look.lrange(key, 0, -1).toString());
        case "set" -> all.put(key, new TreeSet<>(rig.look.smembers(key)).toString());
        default -> all.put(key, type);
      }
    }
    JobDetails details = RqJobInspector.open(rig.redis).show("it").orElseThrow();
    all.put("rq:job:it data", details.format() + " " + details.call().map(RemoteCall::args));
    all.put("rq:job:it data kwargs", String.valueOf(details.call().map(RemoteCall::kwargs)));
    all.computeIfPresent("rq:job:it meta", (field, bytes) -> details.meta().toString());
    return all;
  }

  private static String form(String value) {
    return value.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z") ? "a date" : value;
  }
}
