// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis.audit;

import java.util.regex.Pattern;

/**
 * Something that was done, to be put on record.
 *
 * <p>Each text has at most 512 characters and no control characters. None may hold an id, a name or
 * a secret: the trail outlives what it speaks of.
 *
 * @param actor who did it: a role such as {@code ops}, or a {@linkplain Pseudonyms pseudonym}
 * @param action what was done, such as {@code session.erase}
 * @param subject to whom or what: a pseudonym, a file's name; may be empty
 * @param detail what else an auditor wants to know, such as counts; may be empty
 */
public record AuditEvent(String actor, String action, String subject, String detail) {

  private static final int MAX_LENGTH = 512;
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}|[\\u0085\\u2028\\u2029]");

  /**
   * @throws IllegalArgumentException if a text is too long or holds control characters, or actor or
   *     action are empty
   */
  public AuditEvent {
    check("actor", actor, 1);
    check("action", action, 1);
    check("subject", subject, 0);
    check("detail", detail, 0);
  }

  private static void check(String name, String text, int least) {
    if (text.length() < least || text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "the %s of an audit event must have %d to %d characters but has %d"
              .formatted(name, least, MAX_LENGTH, text.length()));
    }
    if (CONTROL.matcher(text).find()) {
      throw new IllegalArgumentException(
          "the %s of an audit event must not hold control characters or line breaks"
              .formatted(name));
    }
  }
}
