// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.queue.JobStatus;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/wire.md says what the code does. */
class WireDocTest {

  private static final String ID = "ID";
  private static final String EXECUTION = "0".repeat(32);

  private final String text;

  WireDocTest() throws IOException {
    this.text = Files.readString(Path.of("../docs/wire.md"));
  }

  private String section(String title) {
    int from = text.indexOf("## " + title);
    assertThat(from).as(title).isNotNegative();
    int to = text.indexOf("\n## ", from);
    return text.substring(from, to < 0 ? text.length() : to);
  }

  /** What stands in backquotes in the first column of a section's tables. */
  private Set<String> firstColumn(String title) {
    return section(title)
        .lines()
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.substring(2, line.indexOf(" |", 2)))
        .flatMap(cell -> Arrays.stream(cell.split(", ")))
        .map(name -> name.replace("`", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void theTableOfKeysIsThatOfTheCode() {
    RqKeys keys = new RqKeys("rq:");
    Set<String> named =
        List.of(
                keys.queues(),
                keys.queue("<q>"),
                keys.intermediate("<q>"),
                keys.firstSeen("<q>", ID),
                keys.job(ID),
                keys.dependents(ID),
                keys.dependencies(ID),
                keys.results(ID),
                keys.executions(ID),
                keys.execution(ID, EXECUTION),
                keys.started("<q>"),
                keys.finished("<q>"),
                keys.failed("<q>"),
                keys.deferred("<q>"),
                keys.scheduled("<q>"),
                keys.canceled("<q>"),
                keys.workers(),
                keys.workers("<q>"),
                keys.worker("<w>"),
                keys.executionsOf("<w>"),
                keys.schedulerLock("<q>"),
                keys.suspended(),
                keys.commands("<w>"),
                keys.group("<g>"),
                keys.groups(),
                keys.sweepLock("<q>"),
                keys.ghosts(),
                keys.waits("<p>"))
            .stream()
            .map(key -> key.replace(ID, "<id>").replace(EXECUTION, "<e>"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(firstColumn("Keys")).isEqualTo(named);
    // A key that is new in RqKeys belongs into this list, and so into the table.
    Set<String> noKeys = Set.of("registry", "member", "anyJob", "toString");
    long methods =
        Arrays.stream(RqKeys.class.getDeclaredMethods())
            .filter(method -> method.getReturnType() == String.class)
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .map(Method::getName)
            .filter(name -> !noKeys.contains(name))
            .count();
    assertThat(methods).isEqualTo(named.size());
  }

  @Test
  void theTableOfFieldsHasAllThatTheCodeReads() {
    assertThat(firstColumn("Fields of `rq:job:<id>`"))
        .contains("data", "meta", "result", "exc_info", "last_heartbeat", "group_id")
        .contains(JobHash.fields());
  }

  @Test
  void everyStatusAndTheApplicationsKeysAreNamed() {
    for (JobStatus status : JobStatus.values()) {
      assertThat(section("Statuses")).contains(status.word());
    }
    String application = section("The application's own keys");
    TaskKeys.ofTask("<user>", "<task>")
        .forEach(key -> assertThat(application).contains("`" + key + "`"));
    assertThat(application).contains("`" + TaskKeys.activeTask("<user>") + "`");
    TaskKeys.lists(Instant.EPOCH).stream()
        .map(key -> key.replaceAll("\\d{8}$", "<day>"))
        .forEach(key -> assertThat(application).contains("`" + key + "`"));
  }

  @Test
  void theFieldsOfAResultAreThoseOfTheCode() {
    Set<String> written =
        new TreeSet<>(
            ResultEntry.success(new byte[0], "", EXECUTION, Instant.EPOCH, Instant.EPOCH).keySet());
    written.addAll(
        ResultEntry.failure(new byte[0], "", EXECUTION, Instant.EPOCH, Instant.EPOCH).keySet());
    assertThat(firstColumn("Results")).isEqualTo(written);
  }
}
