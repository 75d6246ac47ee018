// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.SetArgs;
import io.vedfolnir.redis.RedisAccess;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.CompletionStage;

/**
 * Stand-ins for ids where these must not appear: logs, metrics, audit entries. Thread-safe.
 *
 * <p>The same id has the same pseudonym in every process that uses the same salt, so entries about
 * one session can be found together. Who has the salt can try out user ids, of which there are few;
 * without it, or once it is deleted, a pseudonym says nothing.
 */
public final class Pseudonyms {

  /** Where the salt of the audit trail and of logs lies. */
  public static final String SHARED_SALT = "vedfolnir:{audit}:salt";

  private static final SecureRandom RANDOM = new SecureRandom();

  private final String salt;

  private Pseudonyms(String salt) {
    this.salt = salt;
  }

  /** Pseudonyms with a salt that is known. */
  public static Pseudonyms withSalt(String salt) {
    if (salt.length() < 16) {
      throw new IllegalArgumentException("a salt must have at least 16 characters");
    }
    return new Pseudonyms(salt);
  }

  /**
   * Pseudonyms with the salt under this key; the first who asks makes it, of 128 random bits.
   *
   * @return fails with {@link io.vedfolnir.redis.RedisAccessException}; asking again is always safe
   */
  public static CompletionStage<Pseudonyms> stored(RedisAccess redis, String key) {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    byte[] salt = HexFormat.of().formatHex(random).getBytes(US_ASCII);
    return redis.together(
        commands ->
            commands
                .set(key, salt, SetArgs.Builder.nx())
                .thenCombine(
                    commands.get(key), (made, stored) -> withSalt(new String(stored, US_ASCII))));
  }

  /** The pseudonym of an id: the SHA-256 of {@code <salt>:<id>}, 64 hexadecimal digits. */
  public String of(Object id) {
    return Sha256.hex(salt + ":" + id);
  }
}
