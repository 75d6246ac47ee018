// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import io.vedfolnir.testkit.ArmedFault.Strike;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which reply on a connection belongs to which request: the n-th to the n-th, pushes to none. The
 * request pump announces, the reply pump takes. Thread-safe.
 */
final class RepliesDue {
  private static final long PATIENCE_NANOS = 1_000_000_000L;

  private final RespFramer framer = new RespFramer();
  private final Map<Long, ArmedFault> faults = new HashMap<>();
  private long expected;
  private long taken;
  private long delivered;
  private boolean atStart = true;
  private @Nullable ArmedFault current;
  private int bytesOfCurrent;
  private boolean struck;
  private boolean ended;

  synchronized void expect() {
    expected++;
  }

  /** The reply to the request that is announced next will be struck. */
  synchronized void strikeNext(ArmedFault fault) {
    faults.put(expected + 1, fault);
  }

  /** Looks at bytes from the server; says how many of them the client may have. */
  synchronized int take(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (atStart) {
        current = bytes[i] == '>' ? null : faults.remove(taken + 1);
        bytesOfCurrent = 0;
      }
      if (current != null && bytesOfCurrent == bytesThatPass(current)) {
        strike(current);
        return i;
      }
      bytesOfCurrent++;
      RespFramer.Step step = framer.next(bytes[i]);
      atStart = step != RespFramer.Step.INSIDE;
      if (step == RespFramer.Step.END) {
        taken++;
        if (current != null) {
          strike(current);
          return i + 1;
        }
      }
    }
    return length;
  }

  private static int bytesThatPass(ArmedFault fault) {
    return fault.strike() instanceof Strike.InsideReply inside ? inside.bytes() : -1;
  }

  private void strike(ArmedFault fault) {
    struck = true;
    fault.markFired();
  }

  synchronized boolean isStruck() {
    return struck;
  }

  /** The connection of the struck reply is cut. */
  synchronized void markDone() {
    if (current != null) {
      current.markDone();
    }
  }

  /** What was taken has reached the client. */
  synchronized void announce() {
    delivered = taken;
    notifyAll();
  }

  synchronized void announceEnd() {
    ended = true;
    notifyAll();
  }

  /** Waits until every request announced so far is answered; at most a second. */
  synchronized void awaitAll() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    long left = PATIENCE_NANOS;
    while (delivered < expected && !ended && left > 0) {
      wait(left / 1_000_000, (int) (left % 1_000_000));
      left = deadline - System.nanoTime();
    }
  }
}
