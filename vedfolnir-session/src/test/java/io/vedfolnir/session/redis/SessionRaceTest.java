// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each race is run twice: by the store, and by a store as it is usually written. */
class SessionRaceTest {

  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

  private static final AttributeKey<Long> COUNT = AttributeKey.integer("count");
  private static final int THREADS = 2;
  private static final int UPDATES = 1_000;

  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private Sessions sessions;
  private NaiveSessions naive;

  @BeforeEach
  void open(RedisEndpoint endpoint, KeyPrefix prefix) {
    SessionSettings patient = SessionSettings.defaults().withMaxUpdateTries(1_000);
    sessions = Sessions.open(endpoint, prefix, patient);
    naive = new NaiveSessions(endpoint.uri(Role.SESSION));
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    naive.close();
    sessions.close();
  }

  @Test
  void noUpdateIsLost() throws Exception {
    String id = sessions.store.create(Login.of(1, "ada").with(COUNT, 0L)).id();
    together(() -> sessions.store.update(id, SessionRaceTest::countUp));
    assertThat(count(id)).isEqualTo(THREADS * UPDATES);

    sessions.put(id, "{\"count\":0}");
    together(() -> naive.update(sessions.key(id), SessionRaceTest::countUp));
    assertThat(count(id)).as("the naive store loses some").isLessThan(THREADS * UPDATES);
  }

  @Test
  void readersHardlyEverMakeAWriterTryAgain() throws Exception {
    String id = sessions.store.create(Login.of(1, "ada").with(COUNT, 0L)).id();

    int retries = retriesWhile(id, () -> sessions.store.touch(id));
    int naiveRetries = retriesWhile(id, () -> naive.touch(sessions.key(id)));

    assertThat(retries).isZero();
    assertThat(naiveRetries).as("GETEX aborts transactions that watch").isPositive();
  }

  @Test
  void nothingComesBackAfterALogout() throws Exception {
    int races = 2_000;
    int revived = 0;
    int naivelyRevived = 0;
    for (int i = 0; i < races; i++) {
      String id = sessions.store.create(Login.of(1, "ada").with(COUNT, 0L)).id();
      CompletionStage<Optional<Session>> update =
          sessions.store.async().update(id, SessionRaceTest::countUp);
      sessions.store.delete(id);
      RedisAccess.await(update);
      revived += sessions.redis().exists(sessions.key(id)).intValue();
    }
    for (int i = 0; i < races && naivelyRevived == 0; i++) {
      String key = sessions.key("naive-session-" + (1_000 + i));
      sessions.redis().set(key, "{\"count\":0}");
      CyclicBarrier start = new CyclicBarrier(2);
      Future<?> update =
          threads.submit(
              () -> {
                start.await();
                naive.update(key, SessionRaceTest::countUp);
                return null;
              });
      start.await();
      naive.delete(key);
      update.get();
      naivelyRevived += sessions.redis().exists(key).intValue();
    }

    assertThat(revived).isZero();
    assertThat(sessions.redis().exists(sessions.deadlinesKey())).isZero();
    assertThat(naivelyRevived).as("SET without XX brings sessions back").isPositive();
  }

  /** How often the change of 100 updates ran more than once while somebody else reads. */
  private int retriesWhile(String id, Runnable read) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger runs = new AtomicInteger();
    Future<?> reader =
        threads.submit(
            () -> {
              while (!done.get()) {
                read.run();
              }
            });
    for (int i = 0; i < 100; i++) {
      sessions.store.update(
          id,
          session -> {
            runs.incrementAndGet();
            return countUp(session);
          });
    }
    done.set(true);
    reader.get();
    return runs.get() - 100;
  }

  private void together(Runnable update) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      tasks.add(
          () -> {
            start.await();
            for (int i = 0; i < UPDATES; i++) {
              update.run();
            }
            return null;
          });
    }
    for (Future<Void> task : threads.invokeAll(tasks)) {
      task.get();
    }
  }

  private long count(String id) {
    return sessions.store.find(id).orElseThrow().find(COUNT).orElseThrow();
  }

  private static Session countUp(Session session) {
    return session.with(COUNT, session.find(COUNT).orElse(0L) + 1);
  }

  private static String countUp(String document) {
    long count = Long.parseLong(document.replaceAll("\\D", ""));
    return "{\"count\":" + (count + 1) + "}";
  }
}
