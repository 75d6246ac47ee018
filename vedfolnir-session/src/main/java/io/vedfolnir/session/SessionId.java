// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * The rules for session ids: {@code [A-Za-z0-9_-]{16,128}}.
 *
 * <p>Whoever knows an id has the session, so no message repeats one.
 */
public final class SessionId {

  private static final SecureRandom random = new SecureRandom();

  private SessionId() {}

  /** Whether a text, such as a cookie that a browser sent, has the form of a session id. */
  public static boolean isValid(String id) {
    int length = id.length();
    if (length < 16 || length > 128) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = id.charAt(i);
      boolean allowed =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c == '-';
      if (!allowed) {
        return false;
      }
    }
    return true;
  }

  /**
   * The id itself, if it is valid.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static String require(String id) {
    if (!isValid(id)) {
      throw new IllegalArgumentException(
          "not a session id: it must be 16 to 128 of A-Z a-z 0-9 _ and -. Ask SessionId.isValid"
              + " before passing on what a client sent");
    }
    return id;
  }

  /**
   * A new id: 256 bits of {@link SecureRandom} as 43 characters of base64url (OWASP ASVS 5.0,
   * 7.2.3).
   */
  public static String random() {
    byte[] bits = new byte[32];
    random.nextBytes(bits);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
  }
}
