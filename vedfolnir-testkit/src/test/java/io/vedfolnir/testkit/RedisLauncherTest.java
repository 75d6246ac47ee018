// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class RedisLauncherTest {
  private static final Logger LOG = LoggerFactory.getLogger(RedisLauncherTest.class);

  private static void requireBundled() {
    Requirement.REDIS.check(
        RedisBinary.bundledResource().isPresent(), "no binary is bundled for this system");
  }

  @Test
  void bundledServerIsReadyAtOnce() throws IOException {
    requireBundled();
    Duration fastest = Duration.ofDays(1);
    for (int i = 0; i < 3; i++) {
      long begin = System.nanoTime();
      try (RedisServer server = RedisLauncher.hardened().withMode(RedisMode.BUNDLED).start()) {
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        fastest = took.compareTo(fastest) < 0 ? took : fastest;
        assertThat(server.mode()).isEqualTo(RedisMode.BUNDLED);
        assertThat(server.version()).isEqualTo("7.0.15");
        assertThat(server.effectiveConfiguration()).containsEntry("appendonly", "yes");
      }
    }
    LOG.info("bundled server: ready in {} ms at best", fastest.toMillis());
    assertThat(fastest).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void machinesServerIsTakenFromThePath() {
    Requirement.REDIS.check(
        RedisBinary.onPath().isPresent(), "redis-server 7.0 or newer is not on the PATH");
    try (RedisServer server = RedisLauncher.hardened().withMode(RedisMode.PATH).start()) {
      assertThat(server.mode()).isEqualTo(RedisMode.PATH);
      assertThat(server.version()).matches("([7-9]|\\d\\d)\\..*");
    }
  }

  @Test
  void serverThatCannotStartSpeaksForItself() {
    RedisLauncher launcher = RedisLauncher.hardened().withOverride("maxmemory", "a-lot");
    assertThatThrownBy(launcher::start)
        .isInstanceOf(RedisStartException.class)
        .hasMessageContaining("maxmemory a-lot")
        .hasMessageContaining("argument must be a memory value");
  }

  @Test
  void activeDefragmentationIsLeftOutForGoodReason() {
    requireBundled();
    RedisLauncher launcher =
        RedisLauncher.hardened().withMode(RedisMode.BUNDLED).withOverride("activedefrag", "yes");
    assertThatThrownBy(launcher::start)
        .isInstanceOf(RedisStartException.class)
        .hasMessageContaining("modified Jemalloc");
  }

  @Test
  void failedStartLeavesNothingBehind() throws IOException {
    RedisLauncher launcher = RedisLauncher.hardened().withOverride("no-such-directive", "1");
    List<Path> before = workDirectories();
    assertThatThrownBy(launcher::start).hasMessageContaining("Bad directive");
    assertThat(workDirectories()).isEqualTo(before);
  }

  private static List<Path> workDirectories() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(WorkDirectory.namePrefix()))
          .sorted()
          .toList();
    }
  }

  @Test
  void overridesReachTheServerAndAreShown() throws IOException {
    try (RedisServer server =
        RedisLauncher.hardened()
            .withOverride("maxmemory", "20mb")
            .withOverride("save", "")
            .start()) {
      assertThat(server.effectiveConfiguration())
          .containsEntry("maxmemory", "20971520")
          .containsEntry("save", "");
      assertThat(server.overrides())
          .contains("maxmemory 20mb", "no active-defrag.conf", "user vedfolnir-test added");
    }
  }

  @Test
  void lowMemoryEvictsWhatHasATimeToLiveAndThenRefuses() throws IOException {
    try (RedisServer server = RedisLauncher.hardened().withOverride("maxmemory", "6mb").start();
        RespClient client = Talk.to(server.endpoint(), Role.TEST)) {
      String value = "x".repeat(100_000);
      for (int i = 0; i < 100; i++) {
        client.call("SET", "mortal:" + i, value, "EX", "7200");
      }
      assertThat(Long.parseLong(client.text("DBSIZE"))).isLessThan(100);
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100; i++) {
                  client.call("SET", "immortal:" + i, value);
                }
              })
          .hasMessageContaining("OOM");
    }
  }

  @ParameterizedTest
  @CsvSource({"port,1", "dir,/tmp", "aclfile,/x", "include,/x", "save,'900 1\nport 1'", "'a b',1"})
  void refusesOverridesOfItsOwn(String directive, String value) {
    assertThatThrownBy(() -> RedisLauncher.hardened().withOverride(directive, value))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void externalServerIsUsedAndNotHandled() throws IOException {
    try (RedisServer own = RedisLauncher.hardened().start()) {
      RedisLauncher launcher =
          RedisLauncher.hardened()
              .withSettings(environment(Settings.URI, own.endpoint().uri(Role.TEST)));
      try (RedisServer server = launcher.open()) {
        assertThat(server.mode()).isEqualTo(RedisMode.EXTERNAL);
        assertThat(server.version()).isEqualTo(own.version());
        assertThatThrownBy(server::kill)
            .isInstanceOf(UnsupportedOperationException.class)
            .hasMessageContaining("withOwnServer()");
      }
      try (RespClient client = Talk.to(own.endpoint(), Role.TEST)) {
        assertThat(client.text("PING")).isEqualTo("PONG");
      }
    }
  }

  @Test
  void unreachableExternalServerFails() {
    RedisLauncher launcher =
        RedisLauncher.hardened()
            .withSettings(environment(Settings.URI, "redis://u:hidden@127.0.0.1:1"));
    assertThatThrownBy(launcher::open)
        .hasMessageContaining("redis://127.0.0.1:1")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void pinnedModeIsReadFromTheEnvironment() {
    assertThatThrownBy(
            () ->
                RedisLauncher.hardened().withSettings(environment(Settings.MODE, "cloud")).start())
        .hasMessageContaining("docker, path or bundled");
    requireBundled();
    try (RedisServer server =
        RedisLauncher.hardened().withSettings(environment(Settings.MODE, "Bundled")).start()) {
      assertThat(server.mode()).isEqualTo(RedisMode.BUNDLED);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Linux,amd64,redis-server-7.0.15-linux-amd64",
    "Linux,aarch64,redis-server-7.0.15-linux-arm64",
    "Mac OS X,x86_64,redis-server-7.0.15-darwin-amd64",
    "Mac OS X,aarch64,redis-server-7.0.15-darwin-arm64"
  })
  void bundlesAServerForTheUsualMachines(String os, String arch, String resource) {
    assertThat(RedisBinary.bundledResource(os, arch)).contains(resource);
    assertThat(RedisBinary.class.getResource("/" + resource)).isNotNull();
  }

  @Test
  void saysWhatToInstallElsewhere() {
    assertThat(RedisBinary.bundledResource("Windows 11", "amd64")).isEmpty();
    assertThat(RedisBinary.advice()).contains("install redis-server 7.0", "docker", "WSL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"exit", "halt"})
  void serverEndsWithTheJvmThatForgotToCloseIt(String ending) throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Forgetful.class.getName(),
                ending)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String[] said = new String(jvm.getInputStream().readAllBytes(), UTF_8).strip().split(" ", -1);
    assertThat(jvm.waitFor(30, TimeUnit.SECONDS)).isTrue();
    await()
        .untilAsserted(
            () -> {
              assertThatThrownBy(() -> Talk.to(RedisEndpoint.of(said[0]), Role.TEST))
                  .isInstanceOf(IOException.class);
              assertThat(new File(said[1])).doesNotExist();
            });
  }

  private static Settings environment(String name, String value) {
    Map<String, String> variables = new HashMap<>();
    variables.put(name, value);
    return new Settings(property -> null, variables::get);
  }

  /** A program that starts a server and just ends. */
  static final class Forgetful {
    private Forgetful() {}

    public static void main(String[] arguments) throws IOException {
      RedisServer server = RedisLauncher.hardened().start();
      System.out.println(
          server.endpoint().uri(Role.TEST) + " " + server.effectiveConfiguration().get("dir"));
      if (arguments[0].equals("halt")) {
        // As kill -9: no shutdown hook runs.
        Runtime.getRuntime().halt(1);
      }
    }
  }
}
