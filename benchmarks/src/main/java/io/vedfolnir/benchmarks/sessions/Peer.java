// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks.sessions;

/** A session store as the table measures it. Thread-safe. */
interface Peer extends AutoCloseable {

  /** Stores a new session of eight fields, good for two hours; returns its id. */
  String create();

  /** Reads every field and prolongs the session. */
  void load(String id);

  /** Changes one field. */
  void save(String id);

  /** Removes the session. */
  void delete(String id);

  @Override
  void close();
}
