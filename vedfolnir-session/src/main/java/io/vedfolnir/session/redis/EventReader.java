// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.lettuce.core.Consumer;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAutoClaimArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XPendingArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.vedfolnir.redis.DedicatedConnection;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.session.EventSubscription;
import io.vedfolnir.session.SessionEvent;
import io.vedfolnir.session.SessionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer of a group: takes events from the stream, one handler call at a time, on a thread
 * and a connection of its own.
 *
 * <p>An event is acknowledged after its handler has returned. What a consumer leaves behind,
 * because its handler failed, its process died or its connection broke, is claimed by any of the
 * group after {@link #GIVEN_UP}.
 */
final class EventReader implements EventSubscription {

  private static final Logger log = LoggerFactory.getLogger(RedisSessionStore.class);

  static final Duration GIVEN_UP = Duration.ofSeconds(30);

  private static final Duration BLOCK = Duration.ofSeconds(1);
  private static final int BATCH = 100;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;

  private final RedisAccess redis;
  private final String stream;
  private final Consumer<String> self;
  private final java.util.function.Consumer<SessionEvent> handler;
  private final Duration givenUp;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  private EventReader(
      RedisAccess redis,
      String stream,
      String group,
      java.util.function.Consumer<SessionEvent> handler,
      Duration givenUp) {
    this.redis = redis;
    this.stream = stream;
    this.self = Consumer.from(group, SessionId.random());
    this.handler = handler;
    this.givenUp = givenUp;
    this.thread = new Thread(this::run, "vedfolnir-session-events-" + group);
    this.thread.setDaemon(true);
  }

  /** Joins the group, which begins with what comes after its first consumer has joined. */
  static EventReader start(
      RedisAccess redis,
      String stream,
      String group,
      java.util.function.Consumer<SessionEvent> handler,
      Duration givenUp) {
    EventReader reader = new EventReader(redis, stream, group, handler, givenUp);
    reader.joinGroup("$");
    reader.thread.start();
    return reader;
  }

  private void joinGroup(String from) {
    try {
      RedisAccess.await(
          redis.call(
              commands ->
                  commands.xgroupCreate(
                      StreamOffset.from(stream, from),
                      self.getGroup(),
                      XGroupCreateArgs.Builder.mkstream())));
    } catch (RedisAccessException.Rejected e) {
      if (e.code().filter("BUSYGROUP"::equals).isEmpty()) {
        throw e; // there is such a key, but it is no stream
      }
    }
  }

  private void run() {
    int failures = 0;
    while (isOpen()) {
      try (DedicatedConnection own = redis.dedicate(BLOCK)) {
        // First what an earlier connection took and did not finish.
        handle(own, read(own, StreamOffset.from(stream, "0")));
        while (isOpen()) {
          handle(own, claim(own));
          for (long end = System.nanoTime() + givenUp.toNanos() / 4;
              isOpen() && System.nanoTime() < end; ) {
            handle(own, read(own, StreamOffset.lastConsumed(stream)));
            failures = 0;
          }
        }
      } catch (RuntimeException e) {
        failures++;
        recover(e, failures);
      }
    }
  }

  private void recover(RuntimeException failure, int failures) {
    if (!isOpen()) {
      return;
    }
    if (failure instanceof RedisAccessException answered
        && answered.code().filter("NOGROUP"::equals).isPresent()) {
      log.warn("the stream of session events is gone and begins anew");
      joinGroupAgain();
    } else {
      log.warn("cannot read session events at the moment: {}", failure.getMessage());
    }
    pause(Math.min(LONGEST_PAUSE_MILLIS, 50L << Math.min(failures, 10)));
  }

  private void joinGroupAgain() {
    try {
      joinGroup("0");
    } catch (RedisAccessException e) {
      log.warn("cannot read session events at the moment: {}", e.getMessage());
    }
  }

  @SuppressWarnings("unchecked") // Lettuce takes any number of streams; this is one
  private List<StreamMessage<String, byte[]>> read(
      DedicatedConnection own, StreamOffset<String> from) {
    XReadArgs args = XReadArgs.Builder.block(BLOCK).count(BATCH);
    return RedisAccess.await(own.call(commands -> commands.xreadgroup(self, args, from)));
  }

  private List<StreamMessage<String, byte[]>> claim(DedicatedConnection own) {
    XAutoClaimArgs<String> args =
        XAutoClaimArgs.Builder.xautoclaim(self, givenUp, "0-0").count(BATCH);
    return RedisAccess.await(own.call(commands -> commands.xautoclaim(stream, args))).getMessages();
  }

  private void handle(DedicatedConnection own, List<StreamMessage<String, byte[]>> entries) {
    List<String> done = new ArrayList<>();
    for (StreamMessage<String, byte[]> entry : entries) {
      if (!isOpen()) {
        break;
      }
      if (handle(entry)) {
        done.add(entry.getId());
      }
    }
    if (!done.isEmpty()) {
      RedisAccess.await(
          own.call(
              commands -> commands.xack(stream, self.getGroup(), done.toArray(String[]::new))));
    }
  }

  private boolean handle(StreamMessage<String, byte[]> entry) {
    Optional<SessionEvent> event = entry.getBody() == null ? Optional.empty() : Outbox.read(entry);
    try {
      event.ifPresent(handler);
      return true;
    } catch (RuntimeException | Error e) {
      log.warn(
          "a handler of session events failed (group {}); the event comes again in {} s",
          self.getGroup(),
          givenUp.toSeconds(),
          e);
      return false;
    }
  }

  boolean isOpen() {
    return closed.getCount() > 0;
  }

  private void pause(long millis) {
    try {
      closed.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closed.countDown();
    }
  }

  @Override
  public void close() {
    if (!isOpen()) {
      return;
    }
    closed.countDown();
    boolean interrupted = false;
    while (thread.isAlive() && thread != Thread.currentThread()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
        break;
      }
    }
    leaveGroup();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Only with empty hands: what a consumer holds would be lost with it. */
  private void leaveGroup() {
    try {
      XPendingArgs<String> args =
          XPendingArgs.Builder.xpending(self, Range.unbounded(), Limit.from(1));
      if (RedisAccess.await(redis.read(commands -> commands.xpending(stream, args))).isEmpty()) {
        RedisAccess.await(redis.call(commands -> commands.xgroupDelconsumer(stream, self)));
      }
    } catch (RedisAccessException e) {
      log.debug("a consumer of session events stays in its group: {}", e.getMessage());
    }
  }
}
