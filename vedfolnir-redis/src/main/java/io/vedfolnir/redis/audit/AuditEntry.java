// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.StreamMessage;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An event on record.
 *
 * @param sequence its place in the trail, from 1 on, without gaps; the stream id is {@code
 *     <sequence>-0}
 * @param at when, by the clock of Redis, in milliseconds
 * @param event what was done
 * @param previous the hash of the entry before, 64 zeros for the first
 * @param hash see {@link #hashOf}
 */
public record AuditEntry(
    long sequence, Instant at, AuditEvent event, String previous, String hash) {

  /** What stands in place of the hash before the first entry. */
  static final String BEGINNING = "0".repeat(64);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** The entry that comes after one with that hash. */
  static AuditEntry next(long sequence, Instant at, AuditEvent event, String previous) {
    Instant time = Instant.ofEpochMilli(at.toEpochMilli());
    return new AuditEntry(sequence, time, event, previous, hashOf(sequence, time, event, previous));
  }

  /**
   * The SHA-256, in lower-case hexadecimal, of the UTF-8 text {@code
   * sequence\nat\nactor\naction\nsubject\ndetail\nprevious\n}; {@code at} as in {@code
   * 2026-01-31T10:00:00.000Z}.
   */
  public static String hashOf(long sequence, Instant at, AuditEvent event, String previous) {
    return Sha256.hex(
        String.join(
            "\n",
            Long.toString(sequence),
            TIME.format(at),
            event.actor(),
            event.action(),
            event.subject(),
            event.detail(),
            previous,
            ""));
  }

  /** Whether the hash is that of the content. */
  boolean isConsistent() {
    return hash.equals(hashOf(sequence, at, event, previous));
  }

  String streamId() {
    return sequence + "-0";
  }

  Map<String, byte[]> fields() {
    Map<String, byte[]> fields = new LinkedHashMap<>();
    fields.put("at", TIME.format(at).getBytes(UTF_8));
    fields.put("actor", event.actor().getBytes(UTF_8));
    fields.put("action", event.action().getBytes(UTF_8));
    fields.put("subject", event.subject().getBytes(UTF_8));
    fields.put("detail", event.detail().getBytes(UTF_8));
    fields.put("prev", previous.getBytes(UTF_8));
    fields.put("hash", hash.getBytes(UTF_8));
    return fields;
  }

  /** Reads an entry; empty if it is none of ours. */
  static Optional<AuditEntry> read(StreamMessage<String, byte[]> message) {
    Map<String, byte[]> fields = message.getBody();
    try {
      AuditEntry entry =
          new AuditEntry(
              sequenceOf(message.getId()),
              TIME.parse(text(fields, "at"), Instant::from),
              new AuditEvent(
                  text(fields, "actor"),
                  text(fields, "action"),
                  text(fields, "subject"),
                  text(fields, "detail")),
              text(fields, "prev"),
              text(fields, "hash"));
      return fields.size() == 7 ? Optional.of(entry) : Optional.empty();
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /**
   * The number in a stream id.
   *
   * @throws NumberFormatException if it is none that this trail gives
   */
  static long sequenceOf(String streamId) {
    if (!streamId.endsWith("-0")) {
      throw new NumberFormatException("not an id of this trail");
    }
    return Long.parseLong(streamId.substring(0, streamId.length() - 2));
  }

  private static String text(Map<String, byte[]> fields, String name) {
    byte[] value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no field " + name);
    }
    return new String(value, UTF_8);
  }
}
