// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobQueue;
import io.vedfolnir.queue.JobType;
import io.vedfolnir.queue.Worker;
import io.vedfolnir.queue.WorkerSettings;
import io.vedfolnir.queue.rq.RqJobQueue;
import io.vedfolnir.queue.worker.RqWorker;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.session.SessionStore;
import io.vedfolnir.session.redis.RedisSessionStore;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The Java of the README, run. */
class ReadmeTest {

  private static final AttributeKey<String> THEME = AttributeKey.text("theme");

  private static final JobType<Add, Long> ADD = JobType.of("examples.add", Add.class, Long.class);

  record Add(long a, long b) {}

  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

  @Test
  void theSession(RedisEndpoint endpoint, @TempDir Path dir) throws IOException {
    String uri = "redis://vedfolnir-session@" + endpoint.host() + ":" + endpoint.port();
    Path passwordFile =
        Files.writeString(dir.resolve("password"), endpoint.credentials(Role.SESSION).password());

    try (RedisAccess redis = RedisAccess.open(RedisSettings.of(uri).withSecretFile(passwordFile));
        SessionStore sessions = RedisSessionStore.open(redis, SessionSettings.defaults())) {

      Session session = sessions.create(Login.of(1, "admin").withPlatform(123, "My Platform"));
      String cookie = session.id();
      sessions.touch(cookie); // Optional<Session>: find and prolong, one round trip
      sessions.update(cookie, s -> s.with(THEME, "dark")); // never lost, never revived after logout
      Session renewed = sessions.rotate(cookie).orElseThrow(); // a new id; the old one is gone
      sessions.delete(renewed.id());

      assertThat(renewed.find(THEME)).contains("dark");
      assertThat(sessions.find(cookie)).isEmpty();
      assertThat(sessions.find(renewed.id())).isEmpty();
    }
  }

  @Test
  void theJobAndTheWorker(RedisEndpoint endpoint) throws Exception {
    try (RedisAccess redis = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.QUEUE)))) {
      CompletableFuture<Void> ended = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  work(redis);
                } catch (InterruptedException e) {
                  ended.complete(null);
                }
              });
      thread.start();

      try (JobQueue queue =
          RqJobQueue.open(redis, "default")) { // `rq worker default` runs it in Python
        Job job = queue.enqueue(ADD, new Add(2, 3));
        long five = queue.await(ADD, job.id(), Duration.ofSeconds(10));

        assertThat(five).isEqualTo(5);
      }
      thread.interrupt();
      ended.get(10, TimeUnit.SECONDS);
    }
  }

  private static void work(RedisAccess redis) throws InterruptedException {
    WorkerSettings
        settings = // and this runs what Python's queue.enqueue("examples.add", 2, 3) asks for
        WorkerSettings.listeningTo("high", "default")
                .withConcurrency(4)
                .handling(ADD, (add, context) -> add.a() + add.b());
    try (Worker worker = RqWorker.start(redis, settings)) {
      worker.awaitStopped(); // close is a warm shutdown
    }
  }

  @Test
  void aUserStaysLoggedIn(RedisEndpoint endpoint) {
    try (RedisAccess access = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.SESSION)));
        SessionStore sessions = RedisSessionStore.open(access, SessionSettings.defaults())) {
      Session session = sessions.create(Login.of(1, "admin"));
      assertThat(sessions.find(session.id())).contains(session);
    }
  }

  @Test
  void everySnippetOfTheReadmeStandsInThisFile() throws IOException {
    String source =
        words(Files.readString(Path.of("src/test/java/io/vedfolnir/examples/ReadmeTest.java")));
    List<String> snippets = new ArrayList<>();
    Matcher block =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../README.md")));
    while (block.find()) {
      snippets.add(block.group(1));
    }
    assertThat(snippets).hasSize(4);
    for (String snippet : snippets) {
      for (String part : snippet.split("(?m)^}$|\n\n", -1)) {
        assertThat(source).contains(words(part));
      }
    }
  }

  /** The code without line breaks, indentation and comments, which the formatter moves. */
  private static String words(String code) {
    return code.replaceAll("//[^\n]*", "").replaceAll("\\s+", " ").strip();
  }
}
