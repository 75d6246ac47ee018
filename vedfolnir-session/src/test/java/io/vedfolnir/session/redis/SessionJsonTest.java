// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionException.Unreadable;
import io.vedfolnir.session.SessionException.Unreadable.Reason;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionJsonTest {

  private static final String ID = "0123456789abcdef";
  private static final AttributeKey<String> ADDED = AttributeKey.json("added");

  private final SessionJson json = new SessionJson(1 << 20);

  @Test
  void cutsADocumentIntoTheTextsOfItsFields() {
    Session session =
        read("{ \"a\" : 1.50 , \"b\":{\"c\" : [1, 2]}, \"d\":\"x\\u0041\", \"e\":-3}");

    assertThat(session.fields())
        .containsExactly(
            Map.entry("a", "1.50"),
            Map.entry("b", "{\"c\" : [1, 2]}"),
            Map.entry("d", "\"x\\u0041\""),
            Map.entry("e", "-3"));
  }

  @Test
  void keepsTheTextOfEveryFieldOfRandomDocuments() {
    for (long seed = 0; seed < 2_000; seed++) {
      RandomDocuments random = new RandomDocuments(seed);
      Map<String, String> fields = random.fields();
      String document = random.document(fields);

      Session session = read(document);
      assertThat(session.fields()).as("seed %d", seed).containsExactlyEntriesOf(fields);

      Session changed = session.with(ADDED, "[1]");
      Session again = json.read(ID, json.write(changed, session.fields()));
      assertThat(again.without(ADDED).fields())
          .as("seed %d, written and read", seed)
          .containsExactlyEntriesOf(fields);
    }
  }

  @Test
  void takesTheLastOfEqualNamesInThePlaceOfTheFirst() {
    assertThat(read("{\"a\":1,\"b\":2,\"a\":3}").fields())
        .containsExactly(Map.entry("a", "3"), Map.entry("b", "2"));
  }

  @Test
  void keepsNumbersThatNoJavaTypeHolds() {
    String digits = "7".repeat(100_000);
    assertThat(read("{\"n\":" + digits + ",\"f\":1e400}").fields())
        .containsEntry("n", digits)
        .containsEntry("f", "1e400");
  }

  @Test
  void keepsHalfASurrogatePairInAValueButRefusesItInAName() {
    String document = "{\"a\":\"\\ude00 \\ud83d\"}";
    Session session = read(document);
    assertThat(new String(json.write(session, Map.of()), UTF_8)).isEqualTo(document);

    assertUnreadable("{\"\\ud83d\":1}".getBytes(UTF_8), Reason.NOT_JSON);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"a\":1",
        "{\"a\":1}x",
        "{\"a\":1} {}",
        "{\"a\":}",
        "{\"a\" 1}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":INF}",
        "{\"a\":[-INF]}",
        "{\"a\":\"\u0001\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":1,}",
        "{\"a\":[1,]}",
        "{\"a\":tru}",
        "{\"a\":\"b}",
        "nul",
        "{\"a\":1]",
        "{\"a\":NaNs}",
        "/**/{}"
      })
  void refusesWhatPythonRefuses(String text) {
    assertUnreadable(text.getBytes(UTF_8), Reason.NOT_JSON);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[{\"a\":1}]", "1", "\"text\"", "null", "NaN", "true"})
  void refusesJsonThatIsNoObject(String text) {
    assertUnreadable(text.getBytes(UTF_8), Reason.NOT_AN_OBJECT);
  }

  @Test
  void refusesBytesThatAreNotUtf8() {
    assertUnreadable("{\"a\":\"é\"}".getBytes(ISO_8859_1), Reason.NOT_JSON);
  }

  @Test
  void refusesTwoMegabytes() {
    assertUnreadable(("{\"a\":\"" + "x".repeat(2 << 20) + "\"}").getBytes(UTF_8), Reason.TOO_LARGE);
  }

  @Test
  void refusesTenThousandLevelsWithoutAStackOverflow() {
    String deep = "[".repeat(10_000) + "]".repeat(10_000);
    assertUnreadable(("{\"a\":" + deep + "}").getBytes(UTF_8), Reason.TOO_DEEP);
    assertUnreadable("[".repeat(10_000).getBytes(UTF_8), Reason.TOO_DEEP);
  }

  @Test
  void readsAsDeepAsItPromises() {
    int inner = SessionJson.MAX_DEPTH - 1;
    String deep = "[".repeat(inner) + "]".repeat(inner);
    assertThat(read("{\"a\":" + deep + "}").fields()).containsEntry("a", deep);
  }

  @Test
  void writesNothingThatIsMoreThanOneValue() {
    Session session = read("{}");
    for (String text :
        List.of("1,\"user_id\":2", "", " 1", "1 ", "[1", "{\"a\":1}}", "x", "1 2", "\"\ud83d\"")) {
      assertThatIllegalArgumentException()
          .as(text)
          .isThrownBy(() -> json.write(session.with(ADDED, text), Map.of()));
    }
  }

  @Test
  void writesNothingLongerThanItReads() {
    SessionJson small = new SessionJson(1_024);
    Session session = read("{}").with(AttributeKey.text("a"), "x".repeat(1_024));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> small.write(session, Map.of()))
        .withMessageContaining("maxDocumentBytes");
  }

  private Session read(String document) {
    return json.read(ID, document.getBytes(UTF_8));
  }

  private void assertUnreadable(byte[] document, Reason reason) {
    assertThatThrownBy(() -> json.read(ID, document))
        .isInstanceOfSatisfying(Unreadable.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
