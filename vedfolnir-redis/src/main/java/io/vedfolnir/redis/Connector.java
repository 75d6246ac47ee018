// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.vedfolnir.redis.SharedConnection.NetworkThread;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Makes connections with the options that the rest relies on.
 *
 * <p>Lettuce clients over the same threads: one whose connections come back by themselves, one
 * whose connections do not, and one for each shared connection.
 */
final class Connector implements AutoCloseable {

  static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private final RedisURI uri;
  private final ClientResources resources;
  private final boolean ownsResources;
  private final RedisClient reconnecting;
  private final RedisClient onceOnly;
  private final RedisSettings settings;
  private final List<RedisClient> clients = new CopyOnWriteArrayList<>();

  private Connector(RedisSettings settings, ClientResources resources, boolean ownsResources) {
    this.uri = uri(settings);
    this.resources = resources;
    this.ownsResources = ownsResources;
    this.settings = settings;
    this.reconnecting = client(resources, true);
    this.onceOnly = client(resources, false);
  }

  static Connector owning(RedisSettings settings) {
    ClientResources resources =
        DefaultClientResources.builder()
            // Full jitter: after a restart of Redis the clients do not all come at once.
            .reconnectDelay(
                Delay.fullJitter(
                    Duration.ofMillis(10), Duration.ofSeconds(5), 20, TimeUnit.MILLISECONDS))
            .build();
    return new Connector(settings, resources, true);
  }

  static Connector over(RedisClient client, RedisSettings settings) {
    return new Connector(settings, client.getResources(), false);
  }

  /** A connection that comes back by itself, for all threads. Blocks until it is there. */
  SharedConnection shared() {
    NetworkThread network = new NetworkThread(resources.nettyCustomizer());
    ClientResources same = network.in(resources);
    return new SharedConnection(
        connected(client(same, true).connectAsync(CODEC, uri)),
        network,
        settings.requestQueueSize());
  }

  CompletionStage<StatefulRedisConnection<String, byte[]>> onceOnly() {
    return onceOnly.connectAsync(CODEC, uri);
  }

  CompletionStage<StatefulRedisPubSubConnection<String, byte[]>> pubSub() {
    return reconnecting.connectPubSubAsync(CODEC, uri);
  }

  ClientResources resources() {
    return resources;
  }

  /** Ends every connection made here, and the threads if they are ours. */
  @Override
  public void close() {
    clients.forEach(client -> client.shutdown(Duration.ZERO, Duration.ofSeconds(5)));
    if (ownsResources) {
      resources.shutdown(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  private RedisClient client(ClientResources threads, boolean autoReconnect) {
    RedisClient client = RedisClient.create(threads);
    clients.add(client);
    client.setOptions(options(settings, autoReconnect));
    return client;
  }

  private static ClientOptions options(RedisSettings settings, boolean autoReconnect) {
    ClientOptions.Builder options =
        ClientOptions.builder()
            .autoReconnect(autoReconnect)
            // Without this, Lettuce keeps unanswered writes and sends them again: a lost reply
            // doubles an RPUSH and reports success.
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(settings.requestQueueSize())
            .timeoutOptions(TimeoutOptions.enabled()) // the connection's timeout, set by the URI
            // Redis Cloud's maintenance push needs commands that an ACL user may not have.
            .maintNotificationsConfig(MaintNotificationsConfig.disabled())
            .socketOptions(
                SocketOptions.builder()
                    .connectTimeout(settings.connectTimeout())
                    .keepAlive(true)
                    .build());
    if (settings.address().scheme().isTls()) {
      options.sslOptions(ssl(settings.tls()));
    }
    return options.build();
  }

  private static SslOptions ssl(TlsSettings tls) {
    SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider().protocols("TLSv1.2", "TLSv1.3");
    tls.trusted().ifPresent(pem -> ssl.trustManager(pem.toFile()));
    if (tls.certificate().isPresent() && tls.key().isPresent()) {
      ssl.keyManager(tls.certificate().get().toFile(), tls.key().get().toFile(), new char[0]);
    }
    return ssl.build();
  }

  private static RedisURI uri(RedisSettings settings) {
    RedisAddress address = settings.address();
    RedisURI.Builder builder;
    RedisAddress.Node first = address.nodes().get(0);
    if (address.scheme().isSentinel()) {
      builder =
          RedisURI.Builder.sentinel(first.host(), first.port(), address.masterName().orElseThrow());
      address.nodes().stream()
          .skip(1)
          .forEach(node -> builder.withSentinel(node.host(), node.port()));
    } else {
      builder = RedisURI.Builder.redis(first.host(), first.port());
    }
    builder
        .withDatabase(address.database())
        .withTimeout(settings.commandTimeout())
        .withClientName(settings.clientName())
        .withSsl(address.scheme().isTls())
        .withVerifyPeer(SslVerifyMode.FULL)
        .withAuthentication(credentials(settings));
    RedisURI uri = builder.build();
    // CLIENT SETINFO is unknown before Redis 7.2 and not in the ACL: do not ask for it.
    uri.setLibraryName("");
    uri.setLibraryVersion("");
    return uri;
  }

  // An immediate provider, and not one that answers with a Mono: Lettuce 7.7 carries on after those
  // on another thread and reports the connection before it can take commands. The file that is
  // read here on the network thread is one line long.
  private static ImmediateRedisCredentialsProvider credentials(RedisSettings settings) {
    RedisSecret secret = settings.secret();
    String username = settings.address().username().orElse(null);
    return () -> {
      String password = secret.read();
      return password.isEmpty()
          ? RedisCredentials.just(null, (CharSequence) null)
          : RedisCredentials.just(username, password);
    };
  }

  /** Waits for a connection; only used while opening. */
  static <T> T connected(CompletionStage<T> connecting) {
    CompletableFuture<T> future = connecting.toCompletableFuture();
    try {
      return future.join();
    } catch (RuntimeException e) {
      throw Failures.ofConnect(e);
    }
  }
}
