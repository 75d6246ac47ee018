// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionException;
import io.vedfolnir.session.SessionId;
import io.vedfolnir.session.SessionLimit.WhenFull;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.session.SessionStore;
import io.vedfolnir.testkit.KeyPrefix;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** At most so many sessions for each user (OWASP ASVS 5.0, 7.1.2). */
class SessionLimitTest {

  @RegisterExtension static final RedisExtension redis = RedisExtension.hardened();

  private static final int LOGINS = 1_000;
  private static final int MOST = 5;

  @Test
  void aLoginBeyondTheLimitIsRefused(RedisEndpoint endpoint, KeyPrefix prefix) {
    try (Sessions sessions = open(endpoint, prefix, WhenFull.REJECT)) {
      SessionStore store = sessions.store;
      Session first = login(store, 7);
      IntStream.range(1, MOST).forEach(i -> login(store, 7));

      assertThatThrownBy(() -> login(store, 7))
          .isInstanceOfSatisfying(
              SessionException.TooMany.class,
              refused -> assertThat(refused.most()).isEqualTo(MOST));
      login(store, 8);
      assertThat(store.findByUser(7)).hasSize(MOST);

      store.delete(first.id());
      login(store, 7);
    }
  }

  @Test
  void whatIsGoneOrCannotBeReadCountsAsWhatItIs(RedisEndpoint endpoint, KeyPrefix prefix) {
    try (Sessions sessions = open(endpoint, prefix, WhenFull.END_OLDEST)) {
      List<Session> logins =
          IntStream.range(0, MOST).mapToObj(i -> login(sessions.store, 7)).toList();
      sessions.redis().del(sessions.key(logins.get(2).id())); // as if it had expired
      login(sessions.store, 7);
      assertThat(sessions.store.find(logins.get(0).id())).isPresent();

      sessions.put(logins.get(3).id(), "{"); // goes first
      login(sessions.store, 7);
      assertThat(sessions.redis().exists(sessions.key(logins.get(3).id()))).isZero();
      assertThat(sessions.store.find(logins.get(0).id())).isPresent();
      assertThat(sessions.store.findByUser(7)).hasSize(MOST);
    }
  }

  @Test
  void theOldestIsEndedForALoginBeyondTheLimit(RedisEndpoint endpoint, KeyPrefix prefix) {
    try (Sessions sessions = open(endpoint, prefix, WhenFull.END_OLDEST)) {
      List<Session> logins =
          IntStream.range(0, MOST + 2).mapToObj(i -> login(sessions.store, 7)).toList();
      assertThat(sessions.store.findByUser(7))
          .containsExactlyInAnyOrderElementsOf(logins.subList(2, MOST + 2));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theLimitHoldsUnderParallelLogins(
      WhenFull whenFull, RedisEndpoint endpoint, KeyPrefix prefix) {
    try (Sessions sessions = open(endpoint, prefix, whenFull)) {
      List<CompletableFuture<Object>> logins =
          IntStream.range(0, LOGINS)
              .mapToObj(
                  i ->
                      sessions
                          .store
                          .async()
                          .create(Login.of(7, "ada"))
                          .handle(SessionLimitTest::outcome)
                          .toCompletableFuture())
              .toList();
      List<Object> outcomes = logins.stream().map(CompletableFuture::join).toList();

      assertThat(outcomes)
          .allMatch(
              outcome ->
                  outcome instanceof Session
                      || (outcome instanceof SessionException.TooMany
                          && whenFull == WhenFull.REJECT));
      assertThat(sessions.redis().zcard(sessions.userKey(7))).isEqualTo(MOST);
      assertThat(sessions.store.findByUser(7)).hasSize(MOST);
      assertThat(sessions.redis().keys(sessions.key("*"))).hasSize(MOST);
    }
  }

  /** The naive twin: count, then write. */
  @Test
  void theNaiveLimitDoesNotHold(RedisEndpoint endpoint, KeyPrefix prefix) {
    try (Sessions sessions = Sessions.open(endpoint, prefix)) {
      List<CompletableFuture<Void>> logins =
          IntStream.range(0, LOGINS)
              .mapToObj(
                  i ->
                      sessions
                          .access
                          .read(commands -> commands.zcard(sessions.userKey(7)))
                          .thenCompose(
                              count ->
                                  count >= MOST
                                      ? CompletableFuture.<Void>completedFuture(null)
                                      : sessions
                                          .access
                                          .call(
                                              commands ->
                                                  commands.zadd(
                                                      sessions.userKey(7),
                                                      1,
                                                      SessionId.random()
                                                          .getBytes(
                                                              java.nio.charset.StandardCharsets
                                                                  .US_ASCII)))
                                          .<Void>thenApply(added -> null))
                          .toCompletableFuture())
              .toList();
      logins.forEach(CompletableFuture::join);
      assertThat(sessions.redis().zcard(sessions.userKey(7))).isGreaterThan(MOST);
    }
  }

  private static Object outcome(Session session, Throwable failure) {
    if (failure == null) {
      return session;
    }
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static Sessions open(RedisEndpoint endpoint, KeyPrefix prefix, WhenFull whenFull) {
    return Sessions.open(
        endpoint,
        prefix,
        SessionSettings.defaults().withSessionLimit(MOST, whenFull).withMaxUpdateTries(1_000));
  }

  private static Session login(SessionStore store, long user) {
    return store.create(Login.of(user, "ada"));
  }
}
