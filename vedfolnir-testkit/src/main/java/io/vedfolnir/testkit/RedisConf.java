// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The text of a {@code redis.conf}, changed directive by directive. Immutable. */
final class RedisConf {
  private static final String FOLDER = "redis/";

  private static final Set<String> SECRET =
      Set.of("requirepass", "masterauth", "tls-key-file-pass", "tls-client-key-file-pass");

  private final List<String> lines;

  private RedisConf(List<String> lines) {
    this.lines = List.copyOf(lines);
  }

  /** The shipped {@code redis.conf}. */
  static RedisConf hardened() {
    return new RedisConf(resource("redis.conf").lines().toList());
  }

  /** One of the files of {@code config/redis}. */
  static String resource(String name) {
    try (InputStream in = RedisConf.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("the testkit's jar lacks " + FOLDER + name);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every line of the directive gone, and this value at the end. */
  RedisConf with(String directive, String value) {
    List<String> changed = new ArrayList<>(without(directive).lines);
    changed.add(directive + " " + quoted(value));
    return new RedisConf(changed);
  }

  /** Every line of the directive gone. */
  RedisConf without(String directive) {
    return new RedisConf(lines.stream().filter(line -> !isDirective(line, directive)).toList());
  }

  private static boolean isDirective(String line, String directive) {
    String text = line.strip().toLowerCase(Locale.ROOT);
    return text.startsWith(directive.toLowerCase(Locale.ROOT) + " ");
  }

  /** The directive as it may be shown: a secret value is masked. */
  static String shown(String directive, String value) {
    return directive + " " + quoted(masked(directive, value));
  }

  /** The value as it may be shown. */
  static String masked(String directive, String value) {
    return SECRET.contains(directive) && !value.isEmpty() ? "***" : value;
  }

  private static String quoted(String value) {
    return value.isEmpty() ? "\"\"" : value;
  }

  String text() {
    return String.join("\n", lines) + "\n";
  }
}
