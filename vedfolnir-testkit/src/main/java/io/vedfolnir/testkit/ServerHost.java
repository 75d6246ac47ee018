// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

/** What runs the server: a process, a container, or somebody else. Calls come one at a time. */
interface ServerHost extends AutoCloseable {

  RedisEndpoint endpoint();

  /** Stops the server's clock; connections stay open and nothing is answered. */
  void pause();

  void resume();

  /** Ends the server as {@code kill -9} does. */
  void kill();

  /** Starts the ended server again, on the same data and port, and waits until it answers. */
  void start();

  /** Ends the server in an orderly way, data saved. */
  void stop();

  /** The last part of what the server has written to its log. */
  String log();

  /** Ends the server and deletes what it has written. */
  @Override
  void close();
}
