// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that Redis, or the way to it, did not do.
 *
 * <p>The leaves say what is known: {@link Unreachable} and {@link TemporarilyRefused} changed
 * nothing and may be tried again; after {@link OutcomeUnknown} the write may or may not have
 * happened; {@link Denied}, {@link Rejected} and {@link Unsupported} stay as they are until someone
 * changes the configuration or the code. Messages hold no key, value or secret.
 */
public abstract sealed class RedisAccessException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final @Nullable String code;

  private RedisAccessException(String message, @Nullable String code, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** True if the same call may be repeated later without doing anything twice. */
  public abstract boolean isRetryable();

  /** The first word of Redis' error reply, such as {@code OOM}; empty if there was no reply. */
  public final Optional<String> code() {
    return Optional.ofNullable(code);
  }

  /** No connection, or no answer to a read: nothing was changed. */
  public static final class Unreachable extends RedisAccessException {
    private static final long serialVersionUID = 1L;

    Unreachable(String message, @Nullable Throwable cause) {
      super(message, null, cause);
    }

    @Override
    public boolean isRetryable() {
      return true;
    }
  }

  /**
   * A write was sent and its reply was lost or late: it may have happened. Repeating the same call
   * is safe only where the called method says so, because it carries an id that the caller chose.
   */
  public static final class OutcomeUnknown extends RedisAccessException {
    private static final long serialVersionUID = 1L;

    OutcomeUnknown(String message, @Nullable Throwable cause) {
      super(message, null, cause);
    }

    @Override
    public boolean isRetryable() {
      return false;
    }
  }

  /** Wrong user or password, or a right that the ACL user lacks: NOAUTH, WRONGPASS, NOPERM. */
  public static final class Denied extends RedisAccessException {
    private static final long serialVersionUID = 1L;

    Denied(String message, String code, Throwable cause) {
      super(message, code, cause);
    }

    @Override
    public boolean isRetryable() {
      return false;
    }
  }

  /**
   * The server cannot do it now and did nothing: OOM, MISCONF, LOADING, BUSY, READONLY, NOREPLICAS,
   * MASTERDOWN, TRYAGAIN, CLUSTERDOWN, too many clients, or the client's own queue is full.
   */
  public static final class TemporarilyRefused extends RedisAccessException {
    private static final long serialVersionUID = 1L;

    TemporarilyRefused(String message, String code, @Nullable Throwable cause) {
      super(message, code, cause);
    }

    @Override
    public boolean isRetryable() {
      return true;
    }
  }

  /** The command itself was refused: WRONGTYPE, an unknown or renamed command, a syntax error. */
  public static final class Rejected extends RedisAccessException {
    private static final long serialVersionUID = 1L;

    Rejected(String message, String code, @Nullable Throwable cause) {
      super(message, code, cause);
    }

    @Override
    public boolean isRetryable() {
      return false;
    }
  }

  /** The server is too old, or is not Redis. */
  public static final class Unsupported extends RedisAccessException {
    private static final long serialVersionUID = 1L;

    Unsupported(String message) {
      super(message, null, null);
    }

    @Override
    public boolean isRetryable() {
      return false;
    }
  }
}
