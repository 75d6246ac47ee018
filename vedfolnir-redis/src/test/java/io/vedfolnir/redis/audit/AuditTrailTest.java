// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.redis.RedisAccessException;
import io.vedfolnir.redis.RedisSettings;
import io.vedfolnir.redis.audit.AuditReport.Fault;
import io.vedfolnir.redis.audit.AuditReport.Kind;
import io.vedfolnir.testkit.FaultProxy;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.RedisExtension;
import io.vedfolnir.testkit.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AuditTrailTest {

  // The trail has one name on a server, so it cannot be shared with other tests.
  @RegisterExtension static final RedisExtension server = RedisExtension.hardened().withOwnServer();

  private static final int ENTRIES = 12;

  private final List<AuditEntry> sunk = Collections.synchronizedList(new ArrayList<>());
  private RedisAccess redis;
  private RedisAccess session;
  private AuditTrail trail;

  @BeforeEach
  void open(RedisEndpoint endpoint) {
    redis = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.TEST)));
    session = RedisAccess.open(RedisSettings.of(endpoint.uri(Role.SESSION)));
    RedisAccess.await(redis.call(commands -> commands.del(AuditTrail.KEY)));
    trail = AuditTrail.of(session, sunk::add);
  }

  @AfterEach
  void close() {
    session.close();
    redis.close();
  }

  @Test
  void anEntryVouchesForTheOneBefore() {
    AuditEntry first = append("session.delete");
    AuditEntry second = append("session.erase");

    assertThat(first.sequence()).isEqualTo(1);
    assertThat(first.previous()).isEqualTo("0".repeat(64));
    assertThat(second.previous()).isEqualTo(first.hash());
    assertThat(trail.read(1, 10)).containsExactly(first, second);
    assertThat(sunk).containsExactly(first, second);
    assertThat(trail.verify())
        .isEqualTo(new AuditReport(2, java.util.Optional.of(second), java.util.Optional.empty()));
  }

  /** What another writer, such as a shell script, must compute. */
  @Test
  void theHashIsWrittenDown() {
    assertThat(
            AuditEntry.hashOf(
                1,
                Instant.parse("2026-01-31T10:00:00Z"),
                new AuditEvent("ops", "redis.backup", "", "keys=3"),
                "0".repeat(64)))
        .isEqualTo(
            Sha256.hex(
                "1\n2026-01-31T10:00:00.000Z\nops\nredis.backup\n\nkeys=3\n"
                    + "0".repeat(64)
                    + "\n"))
        .isEqualTo("a8df8ae785f18296ecfd67e11f77318422d0143144ddb79987ab3af71a160da6");
  }

  @Test
  void anEmptyTrailIsIntact() {
    assertThat(trail.verify().isIntact()).isTrue();
    assertThat(trail.read(1, 10)).isEmpty();
  }

  @Test
  void writersInParallelMakeOneChain() {
    AuditTrail other = AuditTrail.of(redis, sunk::add);
    int each = 200;
    List<CompletableFuture<AuditEntry>> appends = new ArrayList<>();
    for (int i = 0; i < each; i++) {
      appends.add(trail.append(event("a" + i)).toCompletableFuture());
      appends.add(other.append(event("b" + i)).toCompletableFuture());
    }
    CompletableFuture.allOf(appends.toArray(CompletableFuture[]::new)).join();

    AuditReport report = trail.verify();
    assertThat(report.fault()).isEmpty();
    assertThat(report.entries()).isEqualTo(2L * each);
    assertThat(trail.read(1, 2 * each).stream().map(entry -> entry.event().action()))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, each).boxed().flatMap(i -> Stream.of("a" + i, "b" + i)).toList());
  }

  /** The naive twin: read the tail, append; two who read the same tail fork the chain. */
  @Test
  void theNaiveWriterForksTheChain() {
    append("first");
    AuditEntry tail = append("second");
    for (String action : List.of("a", "b")) {
      AuditEntry entry = AuditEntry.next(3, Instant.now(), event(action), tail.hash());
      RedisAccess.await(redis.call(commands -> commands.xadd(AuditTrail.KEY, entry.fields())));
    }
    assertThat(trail.verify().isIntact()).isFalse();
  }

  @Test
  void anEntryWhoseReplyIsLostIsThereOnce(RedisEndpoint endpoint, FaultProxy proxy) {
    append("before");
    RedisSettings settings = RedisSettings.of(proxy.endpoint().uri(Role.SESSION));
    try (RedisAccess fragile = RedisAccess.open(settings)) {
      AuditTrail cut = AuditTrail.of(fragile, sunk::add);
      RedisAccess.await(cut.append(event("known"))); // the tail is known from here on
      proxy.on("unlucky").dropReply();
      try {
        RedisAccess.await(cut.append(event("unlucky")));
      } catch (RedisAccessException.OutcomeUnknown e) {
        assertThat(sunk).hasSize(2); // told as unknown, so not announced
      }
      append("after");
    }
    assertThat(trail.verify().isIntact()).isTrue();
    assertThat(trail.read(1, 10).stream().map(entry -> entry.event().action()))
        .containsExactly("before", "known", "unlucky", "after");
  }

  static Stream<Arguments> tampering() {
    return Stream.of(
        Arguments.of("actor", at(5, set("actor", "else")), 5, Kind.ALTERED),
        Arguments.of("action", at(1, set("action", "else")), 1, Kind.ALTERED),
        Arguments.of("subject", at(ENTRIES, set("subject", "x")), ENTRIES, Kind.ALTERED),
        Arguments.of("detail", at(5, set("detail", "")), 5, Kind.ALTERED),
        Arguments.of("time", at(5, set("at", "2020-01-01T00:00:00.000Z")), 5, Kind.ALTERED),
        Arguments.of("hash", at(5, set("hash", "0".repeat(64))), 5, Kind.ALTERED),
        Arguments.of("link", at(5, set("prev", "0".repeat(64))), 5, Kind.ALTERED),
        Arguments.of("hash made anew", at(5, AuditTrailTest::forged), 5, Kind.ALTERED),
        Arguments.of("not an entry", at(5, fields -> Map.of("x", bytes("y"))), 5, Kind.MALFORMED),
        Arguments.of("a field more", at(5, set("more", "x")), 5, Kind.MALFORMED),
        Arguments.of("removed", removing(5), 5, Kind.REMOVED),
        Arguments.of("first removed", removing(1), 1, Kind.REMOVED),
        Arguments.of("two exchanged", exchanging(5, 6), 5, Kind.ALTERED));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tampering")
  void theFirstBadEntryIsNamed(
      String what, Consumer<Map<String, Map<String, byte[]>>> tampering, long bad, Kind kind) {
    fill();
    rewrite(tampering);
    assertThat(trail.verify().fault()).as(what).contains(new Fault(bad, kind));
  }

  @Test
  void aLastEntryThatIsRemovedIsMissed() {
    fill();
    RedisAccess.await(redis.call(commands -> commands.xdel(AuditTrail.KEY, ENTRIES + "-0")));
    assertThat(trail.verify().fault()).contains(new Fault(ENTRIES, Kind.REMOVED));

    append("later"); // goes on all the same, and the gap stays visible
    assertThat(trail.verify().fault()).contains(new Fault(ENTRIES, Kind.REMOVED));
  }

  @Test
  void aTrailThatIsWrittenAnewDiffersFromTheEntryKeptElsewhere() {
    fill();
    AuditEntry kept = sunk.get(6);
    assertThat(trail.verify(kept).isIntact()).isTrue();

    RedisAccess.await(redis.call(commands -> commands.del(AuditTrail.KEY)));
    AuditTrail liar = AuditTrail.of(redis, entry -> {});
    for (int i = 0; i < ENTRIES; i++) {
      RedisAccess.await(liar.append(event("nothing happened")));
    }
    assertThat(trail.verify().isIntact()).isTrue();
    assertThat(trail.verify(kept).fault()).contains(new Fault(7, Kind.ALTERED));

    RedisAccess.await(redis.call(commands -> commands.del(AuditTrail.KEY)));
    assertThat(trail.verify(kept).fault()).contains(new Fault(1, Kind.REMOVED));
  }

  @Test
  void retentionIsOnRecord() {
    fill();
    AuditEntry kept = sunk.get(4);
    Instant later = redis.clock().instant().plusSeconds(1);
    AuditTrail operator = AuditTrail.of(redis, entry -> {});

    assertThat(operator.trim(Instant.EPOCH, "ops")).isZero();
    assertThat(operator.trim(later, "ops")).isEqualTo(ENTRIES);

    assertThat(trail.verify(kept).isIntact()).isTrue();
    assertThat(trail.read(1, 10)).hasSize(1);
    assertThat(trail.read(1, 10).get(0).event().detail()).isEqualTo("first=" + (ENTRIES + 1));

    append("later");
    RedisAccess.await(redis.call(commands -> commands.xdel(AuditTrail.KEY, (ENTRIES + 1) + "-0")));
    assertThat(trail.verify().fault()).isPresent();
  }

  @Test
  void anApplicationMayAppendButNotTrim() {
    fill();
    assertThatThrownBy(() -> trail.trim(redis.clock().instant().plusSeconds(1), "me"))
        .isInstanceOf(RedisAccessException.Denied.class);
  }

  @Test
  void aSinkThatFailsLosesNoEntry() {
    AuditTrail sinking =
        AuditTrail.of(
            session,
            entry -> {
              throw new IllegalStateException("on purpose");
            });
    AuditEntry entry = RedisAccess.await(sinking.append(event("kept")));
    assertThat(trail.read(1, 10)).containsExactly(entry);
  }

  @Test
  void whatCannotStandInAnEntryIsRefused() {
    for (String bad : List.of("a\nb", "a\u0000", "a\u2028b", "x".repeat(513))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new AuditEvent("ops", "action", bad, ""))
          .withMessageContaining("subject");
    }
    assertThatIllegalArgumentException().isThrownBy(() -> new AuditEvent("", "action", "", ""));
  }

  @Test
  void everyProcessHasTheSamePseudonyms() {
    Pseudonyms mine = RedisAccess.await(Pseudonyms.stored(session, Pseudonyms.SHARED_SALT));
    Pseudonyms theirs = RedisAccess.await(Pseudonyms.stored(redis, Pseudonyms.SHARED_SALT));
    assertThat(mine.of(42)).isEqualTo(theirs.of("42")).hasSize(64).isNotEqualTo(mine.of(43));
    assertThat(Pseudonyms.withSalt("0123456789abcdef").of(1))
        .isEqualTo(Sha256.hex("0123456789abcdef:1"));
  }

  private void fill() {
    IntStream.rangeClosed(1, ENTRIES).forEach(i -> append("action-" + i));
  }

  private AuditEntry append(String action) {
    return RedisAccess.await(trail.append(event(action)));
  }

  private static AuditEvent event(String action) {
    return new AuditEvent("tester", action, "", "n=1");
  }

  /** Writes the stream anew, as somebody would who may write everything. */
  private void rewrite(Consumer<Map<String, Map<String, byte[]>>> tampering) {
    Map<String, Map<String, byte[]>> entries = new LinkedHashMap<>();
    for (StreamMessage<String, byte[]> message :
        RedisAccess.await(
            redis.read(
                commands ->
                    commands.xrange(AuditTrail.KEY, Range.create("-", "+"), Limit.unlimited())))) {
      entries.put(message.getId(), message.getBody());
    }
    tampering.accept(entries);
    RedisAccess.await(redis.call(commands -> commands.del(AuditTrail.KEY)));
    entries.forEach(
        (id, fields) ->
            RedisAccess.await(
                redis.call(
                    commands -> commands.xadd(AuditTrail.KEY, new XAddArgs().id(id), fields))));
  }

  private static Consumer<Map<String, Map<String, byte[]>>> at(
      int sequence, UnaryOperator<Map<String, byte[]>> change) {
    return entries ->
        entries.compute(sequence + "-0", (id, fields) -> change.apply(new LinkedHashMap<>(fields)));
  }

  private static UnaryOperator<Map<String, byte[]>> set(String field, String value) {
    return fields -> {
      fields.put(field, bytes(value));
      return fields;
    };
  }

  /** Another content, with a hash that belongs to it. */
  private static Map<String, byte[]> forged(Map<String, byte[]> fields) {
    AuditEntry entry = AuditEntry.read(new StreamMessage<>("s", "5-0", fields)).orElseThrow();
    return AuditEntry.next(5, entry.at(), event("forged"), entry.previous()).fields();
  }

  private static Consumer<Map<String, Map<String, byte[]>>> removing(int sequence) {
    return entries -> entries.remove(sequence + "-0");
  }

  private static Consumer<Map<String, Map<String, byte[]>>> exchanging(int one, int other) {
    return entries -> {
      Map<String, byte[]> fields = entries.get(one + "-0");
      entries.put(one + "-0", entries.put(other + "-0", fields));
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
