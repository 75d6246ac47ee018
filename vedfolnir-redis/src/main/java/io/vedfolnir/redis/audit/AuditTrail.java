// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis.audit;

import io.lettuce.core.XAddArgs;
import io.lettuce.core.XTrimArgs;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit trail: a chain of entries in Redis, of which each vouches for the one before.
 *
 * <p>Any number of processes may append, among them the operator's scripts. A writer chooses the
 * number of its entry, one above the last; Redis refuses a number that is taken, and the slower
 * writer reads the tail and tries again. So no entry is lost and none forks the chain. Thread-safe;
 * nothing to close.
 */
public final class AuditTrail {

  /** STREAM, the entries; no TTL. */
  static final String KEY = "vedfolnir:{audit}:trail";

  /** The action of the entry that {@link #trim} leaves; its detail is {@code first=<sequence>}. */
  static final String TRIM = "audit.trim";

  private static final Logger log = LoggerFactory.getLogger(AuditTrail.class);

  // Each lost try means that somebody else has appended one; so many in a row is no contention.
  private static final int MAX_TRIES = 1_000;

  private final RedisAccess redis;
  private final AuditSink sink;
  private final AuditReader reader;
  private CompletableFuture<AuditEntry> newest = CompletableFuture.completedFuture(null);
  private volatile Tail known = Tail.EMPTY;

  private AuditTrail(RedisAccess redis, AuditSink sink) {
    this.redis = redis;
    this.sink = sink;
    this.reader = new AuditReader(redis, KEY);
  }

  /** The trail of this Redis; entries made here are logged by SLF4J as well. */
  public static AuditTrail of(RedisAccess redis) {
    return of(redis, AuditSink.slf4j());
  }

  /** The trail of this Redis, with another place where entries made here go as well. */
  public static AuditTrail of(RedisAccess redis, AuditSink sink) {
    return new AuditTrail(redis, sink);
  }

  /**
   * Puts an event on record; one round trip if nobody else appends meanwhile.
   *
   * @return the entry, once Redis has it; fails with {@link RedisAccessException.OutcomeUnknown} if
   *     the connection is lost before it is known whether it has
   */
  public CompletionStage<AuditEntry> append(AuditEvent event) {
    CompletableFuture<AuditEntry> mine;
    synchronized (this) {
      // One after the other: what this process appends does not compete with itself.
      mine = newest.handle((entry, failure) -> event).thenCompose(next -> attempt(next, MAX_TRIES));
      newest = mine;
    }
    return mine.thenApply(this::announce);
  }

  /** Checks the whole trail. Blocks; reads 500 entries a round trip. */
  public AuditReport verify() {
    return verify(Optional.empty());
  }

  /**
   * Checks the whole trail, and that it still holds an entry that is known from elsewhere; only
   * that can show that all of it was written anew.
   */
  public AuditReport verify(AuditEntry anchor) {
    return verify(Optional.of(anchor));
  }

  private AuditReport verify(Optional<AuditEntry> anchor) {
    AuditCheck check = new AuditCheck(anchor);
    // Asked before, so that what is appended meanwhile is not missed.
    long highest = RedisAccess.await(reader.tail()).sequence();
    reader.forEach(check::look);
    return check.report(highest);
  }

  /** Reads entries in order, from a sequence number on; entries that are malformed are left out. */
  public List<AuditEntry> read(long from, int atMost) {
    return RedisAccess.await(reader.range(from, atMost)).stream()
        .flatMap(message -> AuditEntry.read(message).stream())
        .toList();
  }

  /**
   * Removes the entries before a moment, and puts that on record first. Needs the right to XTRIM,
   * which the users of applications do not have.
   *
   * @param actor who asks for it, as in {@link AuditEvent}
   * @return how many were removed
   */
  public long trim(Instant before, String actor) {
    long first = firstSince(before);
    if (first == 0) {
      return 0;
    }
    RedisAccess.await(append(new AuditEvent(actor, TRIM, "", "first=" + first)));
    return RedisAccess.await(
        redis.call(commands -> commands.xtrim(KEY, XTrimArgs.Builder.minId(first + "-0"))));
  }

  /** The number after the last entry that is older; 0 if none is. */
  private long firstSince(Instant moment) {
    long[] first = {0};
    reader.forEach(
        message -> {
          Optional<AuditEntry> entry = AuditEntry.read(message);
          if (entry.filter(found -> found.at().isBefore(moment)).isPresent()) {
            first[0] = entry.get().sequence() + 1;
          }
        });
    return first[0];
  }

  private CompletionStage<AuditEntry> attempt(AuditEvent event, int tries) {
    Tail tail = known;
    AuditEntry entry =
        AuditEntry.next(tail.sequence() + 1, redis.clock().instant(), event, tail.hash());
    return redis
        .call(commands -> commands.xadd(KEY, new XAddArgs().id(entry.streamId()), entry.fields()))
        .handle(
            (id, failure) ->
                failure == null ? done(entry) : again(entry, unwrap(failure), tries - 1))
        .thenCompose(stage -> stage);
  }

  private CompletionStage<AuditEntry> again(AuditEntry lost, Throwable failure, int tries) {
    if (failure instanceof RedisAccessException.OutcomeUnknown) {
      return resolve(lost, failure, tries);
    }
    if (tries == 0 || !isPlainError(failure)) {
      return CompletableFuture.failedFuture(failure);
    }
    return againAtTail(lost.event(), tries);
  }

  private CompletionStage<AuditEntry> againAtTail(AuditEvent event, int tries) {
    return reader
        .tail()
        .thenCompose(
            tail -> {
              known = tail;
              return attempt(event, tries);
            });
  }

  /** Looks what became of an entry whose reply was lost, if the server can be asked already. */
  private CompletionStage<AuditEntry> resolve(AuditEntry lost, Throwable failure, int tries) {
    return reader
        .range(lost.sequence(), 1)
        .exceptionallyCompose(unreachable -> CompletableFuture.failedFuture(failure))
        .thenCompose(
            found -> {
              if (found.isEmpty() || tries == 0) {
                return CompletableFuture.failedFuture(failure); // it may still be on its way
              }
              return AuditEntry.read(found.get(0)).filter(lost::equals).isPresent()
                  ? done(lost)
                  : againAtTail(lost.event(), tries); // its place is taken, so it cannot come
            });
  }

  private CompletionStage<AuditEntry> done(AuditEntry entry) {
    known = new Tail(entry.sequence(), entry.hash());
    return CompletableFuture.completedFuture(entry);
  }

  private AuditEntry announce(AuditEntry entry) {
    try {
      sink.accept(entry);
    } catch (RuntimeException e) {
      log.warn("an audit sink failed; entry {} is on record in Redis", entry.sequence(), e);
    }
    return entry;
  }

  /** What Redis says of an id that is not above the last one, and of a stream that is not there. */
  static boolean isPlainError(Throwable failure) {
    return failure instanceof RedisAccessException.Rejected rejected
        && rejected.code().filter("ERR"::equals).isPresent();
  }

  static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /**
   * Where the trail ends.
   *
   * @param sequence the highest number that was ever given, also if its entry is gone
   * @param hash of the last entry that is there
   */
  record Tail(long sequence, String hash) {
    static final Tail EMPTY = new Tail(0, AuditEntry.BEGINNING);
  }
}
