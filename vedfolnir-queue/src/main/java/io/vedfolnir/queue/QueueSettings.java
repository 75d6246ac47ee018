// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

/**
 * How a queue is used.
 *
 * @param keyPrefix what all keys of RQ begin with. Default {@code rq:}, as in every RQ up to 2.x;
 *     up to 64 characters without blanks and globs
 * @param format the serializer of new jobs. Default {@link PayloadFormat#PICKLE}, as RQ's
 * @param maxPayload most bytes of a new job's payload, as stored. Default 1 MiB; 1 KiB to 16 MiB
 * @param durable true if Redis is not told the TTL of a waiting job, so that a full Redis never
 *     evicts it; JVM workers see to the TTL when they take the job, Python's do not. Default false
 */
public record QueueSettings(
    String keyPrefix, PayloadFormat format, int maxPayload, boolean durable) {

  private static final int KIB = 1 << 10;

  /** Checks every bound. */
  public QueueSettings {
    if (!keyPrefix.matches("[!-~&&[^*?\\[\\]\\\\]]{1,64}")) {
      throw new IllegalArgumentException(
          "keyPrefix takes 1 to 64 visible ASCII characters, none of * ? [ ] \\");
    }
    if (maxPayload < KIB || maxPayload > 16 * KIB * KIB) {
      throw new IllegalArgumentException("maxPayload is bytes, 1 KiB to 16 MiB");
    }
  }

  /** The defaults named above. */
  public static QueueSettings defaults() {
    return new QueueSettings("rq:", PayloadFormat.PICKLE, KIB * KIB, false);
  }

  /** With this key prefix. */
  public QueueSettings withKeyPrefix(String keyPrefix) {
    return new QueueSettings(keyPrefix, format, maxPayload, durable);
  }

  /** With this serializer. */
  public QueueSettings withFormat(PayloadFormat format) {
    return new QueueSettings(keyPrefix, format, maxPayload, durable);
  }

  /** With this largest payload, in bytes. */
  public QueueSettings withMaxPayload(int maxPayload) {
    return new QueueSettings(keyPrefix, format, maxPayload, durable);
  }

  /** With waiting jobs that Redis never evicts. */
  public QueueSettings withDurable() {
    return new QueueSettings(keyPrefix, format, maxPayload, true);
  }
}
