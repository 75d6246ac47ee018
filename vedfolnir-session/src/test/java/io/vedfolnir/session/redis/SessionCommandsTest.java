// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionId;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What each verb costs: the commands that the server runs, and the round trips. */
class SessionCommandsTest {

  // Round trips are counted by the server, so nobody else may talk to it.
  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened().withOwnServer();

  private static final AttributeKey<String> THEME = AttributeKey.text("theme");

  private Sessions sessions;
  private Monitor monitor;

  @BeforeEach
  void open(RedisEndpoint endpoint, KeyPrefix prefix) throws IOException {
    sessions = Sessions.open(endpoint, prefix);
    monitor = Monitor.open(endpoint);
    // A first transaction opens its connection, which is not what is counted here.
    sessions.store.update(SessionId.random(), session -> session);
    trace(() -> {});
  }

  @AfterEach
  void close() throws IOException {
    monitor.close();
    sessions.close();
  }

  @Test
  void createIsOneRoundTrip() throws IOException {
    assertThat(trace(() -> sessions.store.create(Login.of(1, "ada"))))
        .containsExactly(
            "MULTI",
            "SET <id> <json> PX <n>",
            "ZADD user:1 <n> <id>",
            "ZADD deadlines <n> <id>",
            "EXEC",
            "1 round trip");
  }

  @Test
  void findIsOneRoundTrip() throws IOException {
    String id = create();
    assertThat(trace(() -> sessions.store.find(id))).containsExactly("GET <id>", "1 round trip");
  }

  @Test
  void touchIsOneRoundTripAndWritesNothingMostOfTheTime() throws IOException {
    String id = create();
    assertThat(trace(() -> sessions.store.touch(id)))
        .containsExactly("GET <id>", "PTTL <id>", "1 round trip");
  }

  @Test
  void touchWritesAnOldTtlBehindTheReply() throws IOException {
    String id = create();
    sessions.redis().pexpire(sessions.key(id), Duration.ofMinutes(100));
    List<String> trace = traceWithFollower(() -> sessions.store.touch(id), id);

    assertFollowed(trace, "GET <id>", "PTTL <id>", "PEXPIRE <id> <n>", "GET <id>");
  }

  @Test
  void updateIsTwoRoundTrips() throws IOException {
    String id = create();
    assertThat(trace(() -> sessions.store.update(id, session -> session.with(THEME, "dark"))))
        .containsExactly(
            "WATCH <id>",
            "GET <id>",
            "MULTI",
            "SET <id> <json> PX <n> XX",
            "ZADD user:1 <n> <id>",
            "ZADD deadlines <n> <id>",
            "EXEC",
            "2 round trips");
  }

  @Test
  void anUpdateThatChangesNothingWritesNothing() throws IOException {
    String id = create();
    assertThat(trace(() -> sessions.store.update(id, session -> session)))
        .startsWith("WATCH <id>", "GET <id>")
        .doesNotContain("MULTI");
  }

  @Test
  void rotateIsTwoRoundTrips() throws IOException {
    String id = create();
    assertThat(trace(() -> sessions.store.rotate(id)))
        .containsExactly(
            "WATCH <id>",
            "GET <id>",
            "MULTI",
            "SET <id> <json> PX <n>",
            "DEL <id>",
            "ZREM user:1 <id>",
            "ZREM deadlines <id>",
            "ZADD user:1 <n> <id>",
            "ZADD deadlines <n> <id>",
            "EXEC",
            "2 round trips");
  }

  @Test
  void deleteIsOneRoundTripAndClearsTheUsersIndexBehindIt() throws IOException {
    String id = create();
    List<String> trace = traceWithFollower(() -> sessions.store.delete(id), id);

    assertFollowed(
        trace,
        "MULTI",
        "GET <id>",
        "DEL <id>",
        "ZREM deadlines <id>",
        "EXEC",
        "ZREM user:1 <id>",
        "GET <id>");
  }

  @Test
  void aMalformedIdCostsNothing() throws IOException {
    assertThat(
            trace(
                () -> {
                  for (String id : List.of("", "short", "0123456789abcdef*", "a".repeat(129))) {
                    assertRefused(() -> sessions.store.find(id));
                    assertRefused(() -> sessions.store.touch(id));
                    assertRefused(() -> sessions.store.update(id, session -> session));
                    assertRefused(() -> sessions.store.rotate(id));
                    assertRefused(() -> sessions.store.delete(id));
                  }
                }))
        .containsExactly("0 round trips");
  }

  private static void assertRefused(Runnable call) {
    org.assertj.core.api.Assertions.assertThatIllegalArgumentException().isThrownBy(call::run);
  }

  private String create() {
    Session session = sessions.store.create(Login.of(1, "ada"));
    return session.id();
  }

  /** The call's commands and what it writes behind its reply, which a find then comes after. */
  private List<String> traceWithFollower(Runnable call, String id) throws IOException {
    return trace(
        () -> {
          call.run();
          sessions.store.find(id); // on the same connection, so it comes last
        });
  }

  /** What is written behind the reply may reach the server together with the find. */
  private static void assertFollowed(List<String> trace, String... commands) {
    assertThat(trace)
        .hasSize(commands.length + 1)
        .startsWith(commands)
        .last()
        .isIn("2 round trips", "3 round trips");
  }

  /** The commands, without what changes from run to run, and how many reads the server made. */
  private List<String> trace(Runnable calls) throws IOException {
    String start = SessionId.random();
    String end = SessionId.random();
    sessions.redis().echo(start);
    monitor.until(start);
    long before = reads();
    calls.run();
    long trips = reads() - before - 1; // the question itself is one
    sessions.redis().echo(end);
    List<String> commands = new java.util.ArrayList<>();
    for (String command : monitor.until(end)) {
      if (!command.startsWith("INFO")) {
        commands.add(plain(command));
      }
    }
    commands.add(trips + (trips == 1 ? " round trip" : " round trips"));
    return commands;
  }

  private long reads() {
    Matcher reads =
        Pattern.compile("total_reads_processed:(\\d+)").matcher(sessions.redis().info("stats"));
    assertThat(reads.find()).isTrue();
    return Long.parseLong(reads.group(1));
  }

  private String plain(String command) {
    return command
        .replace(sessions.settings.keyPrefix(), "")
        .replace(sessions.settings.indexPrefix(), "")
        .replaceAll("\\{.*}", "<json>")
        .replaceAll(" [0-9.E]{5,}(?= |$)", " <n>")
        .replaceAll("(?<= )[A-Za-z0-9_-]{43}(?= |$)", "<id>");
  }
}
