// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {

  private static final String ID = "0123456789abcdef";
  private static final AttributeKey<String> THEME = AttributeKey.text("theme");

  @ParameterizedTest
  @CsvSource({
    "2025-08-20T16:38:25.123456+00:00, 2025-08-20T16:38:25.123456Z",
    "2025-08-20T16:38:25Z, 2025-08-20T16:38:25Z",
    "2025-08-20T16:38:25.123456, 2025-08-20T16:38:25.123456Z",
    "2025-08-20T18:38:25.5+02:00, 2025-08-20T16:38:25.5Z",
    "2025-08-20T16:38:25.123456789Z, 2025-08-20T16:38:25.123456789Z",
    "2025-08-20 16:38:25.123456+00:00, 2025-08-20T16:38:25.123456Z",
    "2025-08-20T16:38, 2025-08-20T16:38:00Z"
  })
  void readsEveryFormOfADate(String text, Instant time) {
    assertThat(session("created_at", '"' + text + '"').createdAt()).contains(time);
  }

  @Test
  void readsSecondsSince1970AsADate() {
    assertThat(session("_last_activity", "1755707905.25").lastActivity())
        .contains(Instant.parse("2025-08-20T16:38:25.250Z"));
    assertThat(session("created_at", "1755707905").createdAt())
        .contains(Instant.parse("2025-08-20T16:38:25Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "NaN",
        "1e400",
        "\"\"",
        "\"yesterday\"",
        "{}",
        "-1",
        "9999999999999999",
        "true",
        "\"2025-13-40T00:00:00Z\"",
        "\"2025-08-20T16:38:25.1234567890Z\""
      })
  void findsNoDateInOtherThings(String json) {
    assertThat(session("created_at", json).createdAt()).isEmpty();
  }

  @Test
  void writesDatesWithExactlySixFractionDigits() {
    assertThat(Timestamps.write(Instant.parse("2025-08-20T16:38:25Z")))
        .isEqualTo("\"2025-08-20T16:38:25.000000Z\"");
    assertThat(Timestamps.write(Instant.parse("2025-08-20T16:38:25.123456789Z")))
        .isEqualTo("\"2025-08-20T16:38:25.123456Z\"");
  }

  @Test
  void readsTheUserAsIntegerAsTextAndAsFlaskLoginWritesIt() {
    assertThat(session("user_id", "7").userId()).hasValue(7);
    assertThat(session("user_id", "\"7\"").userId()).hasValue(7);
    assertThat(session("_user_id", "\"7\"").userId()).hasValue(7);
    for (String json : new String[] {"null", "\"seven\"", "7.0", "1e3", "\"٧\"", "{}"}) {
      assertThat(session("user_id", json).userId()).as(json).isEmpty();
    }
  }

  @Test
  void quotesAndUnquotesEveryCharacter() {
    StringBuilder all = new StringBuilder();
    for (int c = 0; c <= 0xffff; c++) {
      all.append((char) c);
    }
    String json = JsonText.quote(all.toString());

    assertThat(json).matches("[ -~]*");
    assertThat(JsonText.text(json)).contains(all.toString());
  }

  @Test
  void changesACopyInPlace() {
    Session before = session("theme", "\"light\"", "last", "1");
    Session after = before.with(THEME, "dark");

    assertThat(before.find(THEME)).contains("light");
    assertThat(after.find(THEME)).contains("dark");
    assertThat(after.toJson()).isEqualTo("{\"theme\":\"dark\",\"last\":1}");
    assertThat(after.without(THEME).toJson()).isEqualTo("{\"last\":1}");
  }

  @Test
  void saysThatAFieldHasAnotherType() {
    Session session = session("theme", "[1]");
    assertThatThrownBy(() -> session.find(THEME)).isInstanceOf(SessionException.Unreadable.class);
    assertThatThrownBy(() -> session.find(AttributeKey.integer("theme")))
        .isInstanceOf(SessionException.Unreadable.class);
    assertThatThrownBy(() -> session.find(AttributeKey.flag("theme")))
        .isInstanceOf(SessionException.Unreadable.class);
    assertThat(session.find(AttributeKey.json("theme"))).contains("[1]");
    assertThat(session("theme", "null").find(THEME)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "user_id",
        "_user_id",
        "username",
        "role",
        "csrf_token",
        "created_at",
        "last_activity"
      })
  void refusesToSetFieldsThatHaveRulesOfTheirOwn(String name) {
    Session session = session("a", "1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.with(AttributeKey.text(name), "x"))
        .withMessageContaining(name);
    assertThatIllegalArgumentException().isThrownBy(() -> session.without(AttributeKey.text(name)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Login.of(1, "a").with(AttributeKey.text(name), "x"));
  }

  @Test
  void dropsWhatBelongsToTheFormerPlatform() {
    Session session =
        session("platform_connection_id", "1", "platform_type", "\"pixelfed\"", "x", "1");

    assertThat(session.withPlatform(2, "Mine").toJson())
        .isEqualTo("{\"platform_connection_id\":2,\"x\":1,\"platform_name\":\"Mine\"}");
    assertThat(session.withPlatform(2, "Mine").withoutPlatform().toJson()).isEqualTo("{\"x\":1}");
  }

  @Test
  void showsNeitherIdNorContent() {
    assertThat(session("secret", "\"hush\"").toString()).doesNotContain("hush").doesNotContain(ID);
    assertThat(Login.of(77, "ada").toString()).doesNotContain("ada").doesNotContain("77");
  }

  private static Session session(String... namesAndTexts) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      fields.put(namesAndTexts[i], namesAndTexts[i + 1]);
    }
    return Session.of(ID, fields);
  }
}
