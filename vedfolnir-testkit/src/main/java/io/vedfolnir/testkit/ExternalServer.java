// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

/** A server that somebody else runs: it can be used, not handled. */
record ExternalServer(RedisEndpoint endpoint) implements ServerHost {

  private static UnsupportedOperationException refusal() {
    return new UnsupportedOperationException(
        "the server named by "
            + Settings.URI
            + " is not ours to pause, kill or restart; use RedisExtension.withOwnServer() or unset"
            + " the variable");
  }

  @Override
  public void pause() {
    throw refusal();
  }

  @Override
  public void resume() {
    throw refusal();
  }

  @Override
  public void kill() {
    throw refusal();
  }

  @Override
  public void start() {
    throw refusal();
  }

  @Override
  public void stop() {
    throw refusal();
  }

  @Override
  public String log() {
    return "(the log of an external server is not at hand)";
  }

  @Override
  public void close() {
    // Not ours.
  }
}
