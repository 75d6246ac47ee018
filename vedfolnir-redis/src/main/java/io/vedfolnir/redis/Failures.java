// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What each failure of Lettuce or Redis means to a caller. */
final class Failures {

  private static final Map<String, String> DENIED =
      Map.of(
          "NOAUTH", "Redis wants a login: name an ACL user in the URI and give its password",
          "WRONGPASS",
              "Redis refused the user or the password: check both, and that the user is on",
          "NOPERM", "the ACL user lacks a right: compare its rules with config/redis/users.acl");

  private static final Map<String, String> TEMPORARY =
      Map.ofEntries(
          Map.entry("OOM", "Redis is full: writes are refused until memory is freed"),
          Map.entry("MISCONF", "Redis cannot save to disk and refuses writes: check its disk"),
          Map.entry("LOADING", "Redis is loading its data after a start"),
          Map.entry("BUSY", "Redis is busy with a script"),
          Map.entry("READONLY", "this Redis is a replica and takes no writes"),
          Map.entry("NOREPLICAS", "too few replicas are connected for a write"),
          Map.entry("MASTERDOWN", "this replica has lost its master"),
          Map.entry("TRYAGAIN", "keys are being moved between cluster nodes"),
          Map.entry("CLUSTERDOWN", "the Redis cluster is down"));

  private static final Set<String> NEVER_SENT =
      Set.of("Currently not connected. Commands are rejected.", "Connection is closed");

  private Failures() {}

  /** The meaning of a failed command that may have changed something. */
  static RuntimeException ofWrite(Throwable failure) {
    return of(failure, true);
  }

  /** The meaning of a failed command that changes nothing. */
  static RuntimeException ofRead(Throwable failure) {
    return of(failure, false);
  }

  private static RuntimeException of(Throwable wrapped, boolean write) {
    Throwable failure = unwrap(wrapped);
    if (failure instanceof RedisAccessException typed) {
      return typed;
    }
    if (failure instanceof RedisConnectionException) {
      return ofConnect(failure);
    }
    if (failure instanceof RedisCommandExecutionException) {
      return ofReply(failure);
    }
    if (failure instanceof RedisCommandTimeoutException) {
      return lost("Redis did not answer in time", write, failure);
    }
    if (failure instanceof RedisException || failure instanceof IOException) {
      String text = String.valueOf(failure.getMessage());
      if (NEVER_SENT.contains(text)) {
        return new RedisAccessException.Unreachable(
            "there is no connection to Redis at the moment; nothing was sent", failure);
      }
      if (text.startsWith("Request queue size exceeded")
          || text.startsWith("Command buffer size exceeded")
          || text.startsWith("Internal stack size exceeded")) {
        return queueFull(failure);
      }
      return lost("the connection to Redis ended before the reply came", write, failure);
    }
    return failure instanceof RuntimeException other
        ? other
        : new IllegalStateException("unexpected failure of a Redis command", failure);
  }

  /** More commands wait for Redis than may. */
  static RedisAccessException queueFull(@Nullable Throwable failure) {
    return new RedisAccessException.TemporarilyRefused(
        "too many commands wait for Redis already; nothing was sent. Slow down, or raise"
            + " requestQueueSize",
        "CLIENT_QUEUE_FULL",
        failure);
  }

  /** The meaning of a connection that could not be made; nothing was sent over it. */
  static RedisAccessException ofConnect(Throwable wrapped) {
    for (Throwable cause = unwrap(wrapped); cause != null; cause = cause.getCause()) {
      if (cause instanceof RedisAccessException typed) {
        return typed;
      }
      if (cause instanceof RedisCommandExecutionException) {
        return ofReply(cause);
      }
    }
    Throwable root = unwrap(wrapped);
    while (root.getCause() != null) {
      root = root.getCause();
    }
    // The root says refused, unknown host, certificate …; the address in it is no secret.
    return new RedisAccessException.Unreachable(
        "cannot connect to Redis: "
            + root.getClass().getSimpleName()
            + (root.getMessage() == null ? "" : ": " + root.getMessage())
            + ". Check host, port, TLS, and that the server runs",
        unwrap(wrapped));
  }

  /** The meaning of an error reply. */
  static RedisAccessException ofReply(Throwable reply) {
    String text = String.valueOf(reply.getMessage());
    int space = text.indexOf(' ');
    String code = space < 0 ? text : text.substring(0, space);
    String denied = DENIED.get(code);
    if (denied != null) {
      return new RedisAccessException.Denied(denied, code, withoutText(code));
    }
    String temporary = TEMPORARY.get(code);
    if (temporary != null) {
      return new RedisAccessException.TemporarilyRefused(temporary, code, withoutText(code));
    }
    if (text.startsWith("ERR max number of clients reached")) {
      return new RedisAccessException.TemporarilyRefused(
          "Redis has no room for another client", "MAXCLIENTS", withoutText(code));
    }
    if (text.startsWith("EXECABORT")) {
      return new RedisAccessException.Rejected(
          "Redis refused a command of the transaction and did nothing", code, withoutText(code));
    }
    if (text.startsWith("ERR unknown command")) {
      return new RedisAccessException.Rejected(
          "this Redis does not know a command that is needed: it is too old, or the command was"
              + " disabled or renamed",
          "UNKNOWN_COMMAND",
          withoutText(code));
    }
    if (text.startsWith("ERR wrong number of arguments for 'auth'")) {
      return new RedisAccessException.Unsupported(
          "this Redis is older than 6 and has no named users; Redis 7.0 or newer is needed");
    }
    if (code.equals("WRONGTYPE")) {
      return new RedisAccessException.Rejected(
          "a key holds another type of value than expected", code, withoutText(code));
    }
    return new RedisAccessException.Rejected(
        "Redis refused a command with " + code, code, withoutText(code));
  }

  // Redis repeats arguments in some of its messages, so the text of a reply is not carried on.
  private static RedisCommandExecutionException withoutText(String code) {
    return new RedisCommandExecutionException(code);
  }

  private static RedisAccessException lost(String what, boolean write, Throwable cause) {
    return write
        ? new RedisAccessException.OutcomeUnknown(
            what + "; the write may or may not have happened", cause)
        : new RedisAccessException.Unreachable(what, cause);
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable inner = failure;
    while ((inner instanceof CompletionException || inner instanceof ExecutionException)
        && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }
}
