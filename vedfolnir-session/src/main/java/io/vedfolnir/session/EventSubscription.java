// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

/** A handler of lifecycle events at work; see {@link SessionStore#events}. */
public interface EventSubscription extends AutoCloseable {

  /**
   * Ends it: waits for the handler to return from the event it is at. What it has not handled goes
   * to others of its group, or to the next who joins it.
   */
  @Override
  void close();
}
