// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import io.vedfolnir.testkit.ArmedFault.Strike;

/** A chosen request, waiting to hear what shall happen to it. See {@link FaultProxy#on}. */
public final class FaultTrigger {
  private final ArmedFaults armed;
  private final int nth;
  private final String text;

  FaultTrigger(ArmedFaults armed, int nth, String text) {
    this.armed = armed;
    this.nth = nth;
    this.text = text;
  }

  /**
   * Cuts the connection before the request reaches the server: it is never executed. Requests sent
   * before it on the same connection are answered first.
   */
  public ArmedFault cutBeforeRequest() {
    return arm(new Strike.BeforeRequest());
  }

  /**
   * Lets the server execute the request and cuts the connection inside its reply.
   *
   * @param bytes how much of the reply passes; at least 1; a shorter reply passes whole
   */
  public ArmedFault cutInsideReply(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("at least 1 byte must pass but it is " + bytes);
    }
    return arm(new Strike.InsideReply(bytes));
  }

  /** Lets the server execute the request, swallows the whole reply and cuts the connection. */
  public ArmedFault dropReply() {
    return arm(new Strike.InsideReply(0));
  }

  /**
   * Runs an action before the request goes on to the server, such as the write of a rival between
   * WATCH and EXEC. What the action throws cuts the connection.
   */
  public ArmedFault runBefore(Runnable action) {
    return arm(new Strike.Meanwhile(action));
  }

  private ArmedFault arm(Strike strike) {
    ArmedFault fault = new ArmedFault(nth, text, strike);
    armed.add(fault);
    return fault;
  }
}
