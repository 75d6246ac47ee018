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
            "XRANGE not-before (<mark> +",
            "SET <id> <json> PX <n>",
            "ZADD user:1 <n> <id>",
            "ZADD deadlines <n> <id>:1",
            "EXEC",
            "1 round trip");
  }

  @Test
  void findIsOneRoundTrip() throws IOException {
    String id = create();
    assertThat(trace(() -> sessions.store.find(id)))
        .containsExactly("GET <id>", "XRANGE not-before (<mark> +", "1 round trip");
  }

  @Test
  void touchIsOneRoundTripAndWritesNothingMostOfTheTime() throws IOException {
    String id = create();
    assertThat(trace(() -> sessions.store.touch(id)))
        .containsExactly("PTTL <id>", "GET <id>", "XRANGE not-before (<mark> +", "1 round trip");
  }

  @Test
  void touchWritesAnOldTtlBehindTheReply() throws IOException {
    String id = create();
    sessions.redis().pexpire(sessions.key(id), Duration.ofMinutes(100));
    List<String> trace = traceWithFollower(() -> sessions.store.touch(id));

    assertFollowed(
        trace,
        "PTTL <id>",
        "GET <id>",
        "XRANGE not-before (<mark> +",
        "MULTI",
        "PEXPIRE <id> <n>",
        "ZADD user:1 XX <n> <id>",
        "ZADD deadlines XX <n> <id>:1",
        "EXEC");
  }

  @Test
  void updateIsTwoRoundTrips() throws IOException {
    String id = create();
    assertThat(trace(() -> sessions.store.update(id, session -> session.with(THEME, "dark"))))
        .containsExactly(
            "WATCH <id> not-before",
            "GET <id>",
            "XRANGE not-before (<mark> +",
            "MULTI",
            "SET <id> <json> PX <n> XX",
            "ZADD user:1 <n> <id>",
            "ZADD deadlines <n> <id>:1",
            "EXEC",
            "2 round trips");
  }

  @Test
  void anUpdateThatChangesNothingWritesNothing() throws IOException {
    String id = create();
    assertThat(trace(() -> sessions.store.update(id, session -> session)))
        .startsWith("WATCH <id> not-before", "GET <id>", "XRANGE not-before (<mark> +")
        .doesNotContain("MULTI");
  }

  @Test
  void rotateIsTwoRoundTrips() throws IOException {
    String id = create();
    assertThat(trace(() -> sessions.store.rotate(id)))
        .containsExactly(
            "WATCH <id> not-before",
            "GET <id>",
            "XRANGE not-before (<mark> +",
            "MULTI",
            "SET <id> <json> PX <n>",
            "DEL <id>",
            "ZREM user:1 <id>",
            "ZREM deadlines <id>:1",
            "ZADD user:1 <n> <id>",
            "ZADD deadlines <n> <id>:1",
            "EXEC",
            "2 round trips");
  }

  @Test
  void deleteIsOneRoundTripAndClearsTheUsersIndexBehindIt() throws IOException {
    String id = create();
    List<String> trace = traceWithFollower(() -> sessions.store.delete(id));

    assertFollowed(
        trace,
        "MULTI",
        "GET <id>",
        "DEL <id>",
        "EXEC",
        "MULTI",
        "ZREM user:1 <id>",
        "ZREM deadlines <id>:1",
        "EXEC");
  }

  @Test
  void aSessionThatSomebodyElseWroteIsEnteredWhenItIsFirstSeen() throws IOException {
    String id = SessionId.random();
    sessions.put(id, "{\"user_id\":1,\"created_at\":\"2100-01-01T00:00:00Z\"}");
    assertFollowed(
        traceWithFollower(() -> sessions.store.find(id)),
        "GET <id>",
        "XRANGE not-before (<mark> +",
        "MULTI",
        "ZADD user:1 NX <n> <id>",
        "ZADD deadlines NX <n> <id>:1",
        "EXEC");
    assertThat(trace(() -> sessions.store.find(id)))
        .containsExactly("GET <id>", "XRANGE not-before (<mark> +", "1 round trip");
  }

  @Test
  void findByUserIsTwoRoundTripsForAnyNumber() throws IOException {
    create();
    create();
    create();
    assertThat(trace(() -> sessions.store.findByUser(1)))
        .containsExactly(
            "ZRANGE user:1 0 -1",
            "XRANGE not-before (<mark> +",
            "MGET <id> <id> <id>",
            "2 round trips");
  }

  @Test
  void deleteByUserIsTwoRoundTripsForAnyNumber() throws IOException {
    create();
    create();
    assertThat(trace(() -> sessions.store.deleteByUser(1)))
        .containsExactly(
            "WATCH user:1",
            "ZRANGE user:1 0 -1",
            "MULTI",
            "XADD not-before * user 1",
            "DEL <id> <id>",
            "ZREM user:1 <id> <id>",
            "ZREM deadlines <id>:1 <id>:1",
            "EXEC",
            "2 round trips");
  }

  @Test
  void deleteByUserExceptIsTwoRoundTripsForAnyNumber() throws IOException {
    create();
    String kept = create();
    create();
    assertThat(trace(() -> sessions.store.deleteByUserExcept(1, kept)))
        .containsExactly(
            "WATCH user:1 <id>",
            "ZRANGE user:1 0 -1",
            "GET <id>",
            "XRANGE not-before (<mark> +",
            "MULTI",
            "XADD not-before * user 1",
            "DEL <id> <id>",
            "ZREM user:1 <id> <id>",
            "ZREM deadlines <id>:1 <id>:1",
            "SET <id> <json> XX KEEPTTL",
            "ZADD user:1 NX <n> <id>",
            "ZADD deadlines NX <n> <id>:1",
            "EXEC",
            "2 round trips");
  }

  @Test
  void switchPlatformCostsWhatAnUpdateCosts() throws IOException {
    String id = create();
    assertThat(trace(() -> sessions.store.switchPlatform(id, 7, "Seven")))
        .hasSize(9)
        .startsWith("WATCH <id> not-before")
        .endsWith("EXEC", "2 round trips");
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
                    assertRefused(() -> sessions.store.switchPlatform(id, 1, "x"));
                    assertRefused(() -> sessions.store.deleteByUserExcept(1, id));
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

  /** The call's commands and the transaction it writes behind its reply. */
  private List<String> traceWithFollower(Runnable call) throws IOException {
    return trace(
        () -> {
          call.run();
          sessions.settle();
        });
  }

  /** Where its writes go is one write: a second round trip. */
  private static void assertFollowed(List<String> trace, String... commands) {
    assertThat(trace).hasSize(commands.length + 1).startsWith(commands).endsWith("2 round trips");
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
        .replaceAll("\\([0-9]+-[0-9]+", "(<mark>")
        .replaceAll("(?<= )[A-Za-z0-9_-]{43}(?= |:|$)", "<id>");
  }
}
