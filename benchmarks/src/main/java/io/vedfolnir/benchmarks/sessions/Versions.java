// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks.sessions;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;

/** Which libraries are measured, by what Maven noted in their jars. */
final class Versions {

  private static final List<String> LIBRARIES =
      List.of(
          "io.lettuce/lettuce-core",
          "org.springframework.session/spring-session-data-redis",
          "org.redisson/redisson",
          "io.netty/netty-transport");

  private Versions() {}

  static String all() {
    return String.join(", ", LIBRARIES.stream().map(Versions::of).toList());
  }

  private static String of(String library) {
    String name = library.substring(library.indexOf('/') + 1);
    String path = "/META-INF/maven/" + library + "/pom.properties";
    try (InputStream in = Versions.class.getResourceAsStream(path)) {
      if (in == null) {
        return name;
      }
      Properties properties = new Properties();
      properties.load(in);
      return name + " " + properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
