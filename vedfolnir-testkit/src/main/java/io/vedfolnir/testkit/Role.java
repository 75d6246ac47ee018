// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

/** A user of the configured Redis, with the rights that {@code users.acl.template} gives it. */
public enum Role {
  /** Reads and writes sessions, their indexes and events. */
  SESSION("vedfolnir-session"),
  /** Enqueues and works jobs. */
  QUEUE("vedfolnir-queue"),
  /** Python's RQ: as the queue user, with the scripts and client list that RQ calls. */
  PYTHON_RQ("vedfolnir-python-rq"),
  /** Sees measures and the names of keys, no contents. */
  OPS("vedfolnir-ops"),
  /**
   * Exists only in tests: every key, channel and command but scripts, for arranging, asserting and
   * clearing. What the server has disabled stays disabled.
   */
  TEST("vedfolnir-test");

  private final String user;

  Role(String user) {
    this.user = user;
  }

  /** The name of the ACL user. */
  public String user() {
    return user;
  }
}
