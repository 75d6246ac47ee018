// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A password, or the place to read it from; it never shows itself.
 *
 * <p>A file is read at each authentication, so that a rotated secret is used by the next connection
 * without a restart. Immutable and thread-safe.
 */
public abstract sealed class RedisSecret {

  private RedisSecret() {}

  /** No password: the server decides whether that is enough. */
  public static RedisSecret none() {
    return None.INSTANCE;
  }

  /**
   * A password held in memory. Prefer {@link #file(Path)}, which survives a rotation.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public static RedisSecret of(String password) {
    if (password.isEmpty()) {
      throw new IllegalArgumentException(
          "the Redis password is empty; use RedisSecret.none() if the server asks for none");
    }
    return new Held(password);
  }

  /**
   * A file whose content, without the white space around it, is the password; the usual form of a
   * Docker or Kubernetes secret. It need not exist yet; it is read when a connection authenticates.
   */
  public static RedisSecret file(Path file) {
    return new InFile(file);
  }

  /**
   * Reads the password now; empty text means none.
   *
   * @throws UncheckedIOException if the file cannot be read or is empty
   */
  abstract String read();

  /** Shows the kind only, never the secret. */
  @Override
  public abstract String toString();

  private static final class None extends RedisSecret {
    static final None INSTANCE = new None();

    @Override
    String read() {
      return "";
    }

    @Override
    public String toString() {
      return "none";
    }
  }

  private static final class Held extends RedisSecret {
    private final String password;

    Held(String password) {
      this.password = password;
    }

    @Override
    String read() {
      return password;
    }

    @Override
    public String toString() {
      return "password";
    }
  }

  private static final class InFile extends RedisSecret {
    private final Path file;

    InFile(Path file) {
      this.file = Objects.requireNonNull(file, "file");
    }

    @Override
    String read() {
      try {
        String password = Files.readString(file, StandardCharsets.UTF_8).strip();
        if (password.isEmpty()) {
          throw new IOException("the file is empty");
        }
        return password;
      } catch (IOException e) {
        throw new UncheckedIOException(
            "cannot read the Redis password from " + file + "; check the path and its rights", e);
      }
    }

    @Override
    public String toString() {
      return "file " + file;
    }
  }
}
