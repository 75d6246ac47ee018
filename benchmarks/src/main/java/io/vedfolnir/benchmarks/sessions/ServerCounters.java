// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks.sessions;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Redis counts; asked on a connection of its own, which costs one command and one read. */
final class ServerCounters implements AutoCloseable {

  record Reading(long commands, long reads, long bytes, long usedMemory) {}

  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;

  ServerCounters(String uri) {
    this.client = RedisClient.create(uri);
    this.connection = client.connect();
  }

  Reading read() {
    String info = connection.sync().info("everything");
    return new Reading(
        number(info, "total_commands_processed"),
        number(info, "total_reads_processed"),
        number(info, "total_net_input_bytes") + number(info, "total_net_output_bytes"),
        number(info, "used_memory"));
  }

  private static long number(String info, String name) {
    Matcher line = Pattern.compile("(?m)^" + name + ":(\\d+)").matcher(info);
    if (!line.find()) {
      throw new IllegalStateException("INFO has no " + name);
    }
    return Long.parseLong(line.group(1));
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
  }
}
