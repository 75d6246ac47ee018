// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.vedfolnir.queue.rq.RqJobQueue;
import io.vedfolnir.queue.worker.RqWorker;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a test of queues and workers needs: the product as its ACL user, and a plain look beside.
 */
public final class QueueRig implements AutoCloseable {

  public record AddArgs(int a, int b) {}

  public static final JobType<AddArgs, Integer> ADD =
      JobType.of("examples.add", AddArgs.class, Integer.class);

  private final RedisClient client;
  private final List<AutoCloseable> opened = new ArrayList<>();
  public final RedisEndpoint endpoint;
  public final RedisAccess redis;
  public final RedisCommands<String, String> look;
  public final String queueName = "q-" + UUID.randomUUID().toString().substring(0, 8);
  public final JobQueue queue;

  public QueueRig(RedisEndpoint endpoint) {
    this.endpoint = endpoint;
    this.redis = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.QUEUE)));
    this.client = RedisClient.create(endpoint.uri(Role.TEST));
    this.look = client.connect().sync();
    this.queue = RqJobQueue.open(redis, queueName);
  }

  public WorkerSettings settings() {
    return WorkerSettings.listeningTo(queueName)
        .handling(ADD, (args, context) -> args.a() + args.b());
  }

  public Worker start(WorkerSettings settings) {
    Worker worker = RqWorker.start(redis, settings);
    opened.add(worker);
    return worker;
  }

  public void burst(WorkerSettings settings) throws InterruptedException {
    try (Worker worker = RqWorker.start(redis, settings.withBurst())) {
      worker.awaitStopped();
    }
  }

  /** Removes all keys of the server; for tests that have it to themselves. */
  public void clear() {
    List<String> keys = look.keys("*");
    if (!keys.isEmpty()) {
      look.del(keys.toArray(String[]::new));
    }
  }

  public String key(String name) {
    return "rq:" + name;
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable closeable : opened) {
      closeable.close();
    }
    redis.close();
    client.shutdown();
  }
}
