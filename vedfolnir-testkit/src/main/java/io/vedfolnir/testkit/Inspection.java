// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Questions to a running server, asked as the test user on a connection of their own. */
record Inspection(RedisEndpoint endpoint) {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private RespClient connect() throws IOException {
    return RespClient.connect(
        endpoint.host(), endpoint.port(), endpoint.credentials(Role.TEST), PATIENCE);
  }

  String version() {
    try (RespClient client = connect()) {
      return client
          .text("INFO", "server")
          .lines()
          .filter(line -> line.startsWith("redis_version:"))
          .map(line -> line.substring("redis_version:".length()).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      throw new RedisStartException(
          "Redis at " + endpoint + " cannot be used: " + e.getMessage(), e);
    }
  }

  Map<String, String> configuration() throws IOException {
    try (RespClient client = connect()) {
      List<?> pairs = client.list(endpoint.configCommand(), "GET", "*");
      Map<String, String> directives = new TreeMap<>();
      for (int i = 0; i + 1 < pairs.size(); i += 2) {
        String name = String.valueOf(pairs.get(i));
        String value = String.valueOf(pairs.get(i + 1));
        directives.put(name, RedisConf.masked(name, value));
      }
      return directives;
    }
  }

  List<String> slowLog() throws IOException {
    try (RespClient client = connect()) {
      List<String> entries = new ArrayList<>();
      for (Object entry : client.list("SLOWLOG", "GET", "128")) {
        if (entry instanceof List<?> fields && fields.get(3) instanceof List<?> words) {
          entries.add(fields.get(2) + " µs " + sentence(words));
        }
      }
      return entries;
    }
  }

  private static String sentence(List<?> words) {
    return words.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  /** Deletes every key that begins with the prefix. */
  void deleteKeys(KeyPrefix prefix) throws IOException {
    try (RespClient client = connect()) {
      String cursor = "0";
      do {
        List<?> page = client.list("SCAN", cursor, "MATCH", prefix.value() + "*", "COUNT", "1000");
        cursor = String.valueOf(page.get(0));
        if (page.get(1) instanceof List<?> keys && !keys.isEmpty()) {
          List<String> command = new ArrayList<>(List.of("UNLINK"));
          keys.forEach(key -> command.add(String.valueOf(key)));
          client.call(command.toArray(String[]::new));
        }
      } while (!cursor.equals("0"));
    }
  }
}
