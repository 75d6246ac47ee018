// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** A Redis container, on a host port that stays the same over restarts. */
final class ContainerServer implements ServerHost {
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);
  private static final int REDIS_PORT = 6379;
  private static final String CONF = "/usr/local/etc/redis/redis.conf";

  private final GenericContainer<?> container;
  private final ServerFiles files;
  private final int port = NativeStart.freePort();
  private @Nullable RedisEndpoint endpoint;

  ContainerServer(String image, RedisConf conf, ServerFiles files) {
    this.files = files;
    this.container =
        new GenericContainer<>(DockerImageName.parse(image).asCompatibleSubstituteFor("redis"))
            .withCopyToContainer(Transferable.of(conf.text()), CONF)
            .withCopyToContainer(Transferable.of(files.users()), "/run/redis/users.acl")
            .withCopyToContainer(
                Transferable.of(files.renamedCommands()), "/run/redis/renamed-commands.conf")
            .withCommand("redis-server", CONF)
            .withLabel("io.vedfolnir.testkit", "redis")
            .withCreateContainerCmdModifier(this::publish)
            .withStartupCheckStrategy(new Created())
            .waitingFor(new Nothing());
  }

  /** A fixed port: the engine would choose another one at every restart. */
  private void publish(CreateContainerCmd command) {
    ExposedPort redis = ExposedPort.tcp(REDIS_PORT);
    HostConfig host = Objects.requireNonNull(command.getHostConfig());
    command
        .withExposedPorts(redis)
        .withHostConfig(
            host.withPortBindings(new PortBinding(Ports.Binding.bindPort(port), redis)));
  }

  /** Creates and starts the container, and waits until Redis answers. */
  void create() {
    LiveServers.add(this);
    try {
      container.start();
    } catch (ContainerLaunchException | IllegalStateException e) {
      throw new RedisStartException(
          "the container of " + container.getDockerImageName() + " does not start: " + root(e), e);
    }
    endpoint = files.endpoint(container.getHost(), port);
    awaitReady();
  }

  private static String root(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  @Override
  public RedisEndpoint endpoint() {
    if (endpoint == null) {
      throw new IllegalStateException("the container has not been started");
    }
    return endpoint;
  }

  private void awaitReady() {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    try {
      while (!ReadyProbe.answers(endpoint())) {
        ContainerState state = state();
        if (!Boolean.TRUE.equals(state.getRunning())) {
          throw new RedisStartException(
              "redis exited with code " + state.getExitCodeLong() + ":\n" + log());
        }
        if (System.nanoTime() > deadline) {
          throw new RedisStartException(
              "redis was not ready after " + READY_WITHIN + ":\n" + log());
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } catch (IOException e) {
      throw new RedisStartException(
          "redis refuses the testkit: " + e.getMessage() + "\n" + log(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RedisStartException("interrupted while redis started", e);
    }
  }

  private ContainerState state() {
    return docker().inspectContainerCmd(container.getContainerId()).exec().getState();
  }

  private DockerClient docker() {
    return container.getDockerClient();
  }

  @Override
  public void pause() {
    docker().pauseContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void resume() {
    docker().unpauseContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void kill() {
    docker().killContainerCmd(container.getContainerId()).exec();
    awaitEnd();
  }

  private void awaitEnd() {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    try {
      while (Boolean.TRUE.equals(state().getRunning())) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("the container did not end within " + READY_WITHIN);
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the container ended", e);
    }
  }

  @Override
  public void stop() {
    docker().stopContainerCmd(container.getContainerId()).withTimeout(20).exec();
    awaitEnd();
  }

  @Override
  public void start() {
    docker().startContainerCmd(container.getContainerId()).exec();
    awaitReady();
  }

  @Override
  public String log() {
    return container.getLogs();
  }

  @Override
  public void close() {
    LiveServers.remove(this);
    container.stop();
  }

  /** Whether the server runs is seen when it is asked, with its words at hand. */
  private static final class Created extends StartupCheckStrategy {
    @Override
    public StartupStatus checkStartupState(DockerClient client, String containerId) {
      return StartupStatus.SUCCESSFUL;
    }
  }

  /** The waiting is ours: a container's strategy goes on after the server has ended. */
  private static final class Nothing extends AbstractWaitStrategy {
    @Override
    protected void waitUntilReady() {}
  }
}
