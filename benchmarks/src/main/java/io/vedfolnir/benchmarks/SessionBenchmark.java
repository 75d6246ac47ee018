// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.session.SessionStore;
import io.vedfolnir.session.redis.RedisSessionStore;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What do the verbs of a session cost beside the one command that they cannot do without? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class SessionBenchmark {

  private static final AttributeKey<Long> COUNT = AttributeKey.integer("count");
  private static final int SESSIONS = 1_000;

  private final String[] ids = new String[SESSIONS];
  private RedisAccess redis;
  private SessionStore sessions;
  private RedisClient client;
  private StatefulRedisConnection<String, byte[]> connection;
  private byte[] document;

  /** Connects and stores some sessions. */
  @Setup
  public void open() {
    String uri = Benchmarks.uri();
    redis = RedisAccess.open(RedisSettings.of(uri));
    sessions = RedisSessionStore.open(redis, SessionSettings.defaults());
    client = RedisClient.create(uri);
    connection = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    for (int i = 0; i < SESSIONS; i++) {
      ids[i] = create().id();
    }
    document = sessions.find(ids[0]).orElseThrow().toJson().getBytes(StandardCharsets.UTF_8);
  }

  /** Ends the connections. */
  @TearDown
  public void close() {
    connection.close();
    client.shutdown();
    sessions.close();
    redis.close();
  }

  /** SET, user index and deadline in one transaction. */
  @Benchmark
  public Session create() {
    return sessions.create(
        Login.of(ThreadLocalRandom.current().nextLong(1, 100_000), "admin")
            .withRole("admin")
            .withPlatform(123, "My Platform"));
  }

  /** SET with TTL alone. */
  @Benchmark
  public String lettuceCreate() {
    return connection
        .sync()
        .set("vedfolnir:session:" + UUID.randomUUID(), document, SetArgs.Builder.ex(7200));
  }

  /** GET and decode. */
  @Benchmark
  public Optional<Session> find() {
    return sessions.find(any());
  }

  /** GET alone. */
  @Benchmark
  public byte[] lettuceFind() {
    return connection.sync().get("vedfolnir:session:" + any());
  }

  /** GET and PTTL, decode, and rarely PEXPIRE. */
  @Benchmark
  public Optional<Session> touch() {
    return sessions.touch(any());
  }

  /** GETEX alone. */
  @Benchmark
  public byte[] lettuceTouch() {
    return connection
        .sync()
        .getex("vedfolnir:session:" + any(), io.lettuce.core.GetExArgs.Builder.ex(7200));
  }

  /** WATCH, GET, then SET and both indexes in a transaction. */
  @Benchmark
  public Optional<Session> update() {
    return sessions.update(any(), s -> s.with(COUNT, s.find(COUNT).orElse(0L) + 1));
  }

  /** GET, then SET: the update that loses changes. */
  @Benchmark
  public String lettuceUpdate() {
    String key = "vedfolnir:session:" + any();
    byte[] present = connection.sync().get(key);
    return connection.sync().set(key, present, SetArgs.Builder.ex(7200));
  }

  private String any() {
    return ids[ThreadLocalRandom.current().nextInt(SESSIONS)];
  }
}
