// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

/**
 * RQ's serializers. Redis does not say which one a job was written with: producers and workers of a
 * Python application must be set to the same one; workers of this library look at the bytes and
 * answer in kind.
 */
public enum PayloadFormat {
  /** Python's pickle, the default of RQ. Carries tuples, bytes, dates, UUIDs and decimals. */
  PICKLE,
  /** JSON, RQ's {@code JSONSerializer}. */
  JSON
}
