// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.vedfolnir.queue.Enqueue;
import io.vedfolnir.queue.Job;
import io.vedfolnir.queue.JobQueue;
import io.vedfolnir.queue.PayloadFormat;
import io.vedfolnir.queue.RemoteCall;
import io.vedfolnir.queue.rq.RqJobQueue;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisSettings;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What does enqueueing one job cost beside bare Lettuce writing the same hash? */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class EnqueueBenchmark {

  private static final RemoteCall CALL = RemoteCall.of("examples.add", 2L, 3L);
  private static final Enqueue JSON = Enqueue.defaults().withFormat(PayloadFormat.JSON);

  private RedisAccess redis;
  private JobQueue queue;
  private RedisClient client;
  private StatefulRedisConnection<String, byte[]> connection;
  private Map<String, byte[]> hash;

  /** Connects, and takes the hash of one job as the model for the baseline. */
  @Setup
  public void open() {
    String uri = Benchmarks.uri();
    redis = RedisAccess.open(RedisSettings.of(uri));
    queue = RqJobQueue.open(redis, "benchmark");
    client = RedisClient.create(uri);
    connection = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    hash = connection.sync().hgetall("rq:job:" + queue.enqueue(CALL).id());
  }

  /** Empties the queue between iterations, so that its length does not tell. */
  @TearDown(Level.Iteration)
  public void empty() {
    connection.sync().del("rq:queue:benchmark");
  }

  /** Ends the connections. */
  @TearDown
  public void close() {
    connection.close();
    client.shutdown();
    queue.close();
    redis.close();
  }

  /** One job with a pickled payload. */
  @Benchmark
  public Job pickle() {
    return queue.enqueue(CALL);
  }

  /** One job with a JSON payload. */
  @Benchmark
  public Job json() {
    return queue.enqueue(CALL, JSON);
  }

  /** The same commands with ready-made bytes. */
  @Benchmark
  public TransactionResult lettucePickle() {
    return transaction();
  }

  /** The same again, as the baseline of the JSON row. */
  @Benchmark
  public TransactionResult lettuceJson() {
    return transaction();
  }

  private TransactionResult transaction() {
    String id = UUID.randomUUID().toString();
    var commands = connection.async();
    connection.setAutoFlushCommands(false);
    commands.multi();
    commands.sadd("rq:queues", "rq:queue:benchmark".getBytes(StandardCharsets.US_ASCII));
    commands.hset("rq:job:" + id, hash);
    commands.expire("rq:job:" + id, 7200);
    commands.rpush("rq:queue:benchmark", id.getBytes(StandardCharsets.US_ASCII));
    var exec = commands.exec();
    connection.flushCommands();
    connection.setAutoFlushCommands(true);
    return exec.toCompletableFuture().join();
  }
}
