// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks.sessions;

/** What is measured, in the order in which it is. */
enum Verb {
  CREATE,
  LOAD,
  SAVE,
  DELETE
}
