// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One session as it was when it was read: an id and a JSON document.
 *
 * <p>Immutable and thread-safe: {@code with…} makes a changed copy, which {@link
 * SessionStore#update} stores. Known fields are decoded leniently, and are empty if they are
 * absent, {@code null} or of an unknown form.
 */
public final class Session {

  private final String id;
  private final Map<String, String> fields;

  private Session(String id, Map<String, String> fields) {
    this.id = id;
    this.fields = Collections.unmodifiableMap(fields);
  }

  /**
   * A session of its document; for stores and tests.
   *
   * @param fields name to JSON text, in the order of the document
   * @throws IllegalArgumentException if the id is malformed
   */
  public static Session of(String id, Map<String, String> fields) {
    return new Session(SessionId.require(id), new LinkedHashMap<>(fields));
  }

  /** The id: a bearer token, to be kept out of logs. */
  public String id() {
    return id;
  }

  /**
   * The user's number: {@code user_id} as integer or text, or else Flask-Login's {@code _user_id}.
   */
  public OptionalLong userId() {
    OptionalLong own = integer(Fields.USER_ID);
    return own.isPresent() ? own : integer(Fields.FLASK_USER_ID);
  }

  /** The user's name. */
  public Optional<String> username() {
    return text(Fields.USERNAME);
  }

  /** The user's mail address. */
  public Optional<String> email() {
    return text(Fields.EMAIL);
  }

  /** The user's role, such as {@code admin}. */
  public Optional<String> role() {
    return text(Fields.ROLE);
  }

  /** Number of the platform connection that the user works on. */
  public OptionalLong platformConnectionId() {
    return integer(Fields.PLATFORM_ID);
  }

  /** Display name of that platform connection. */
  public Optional<String> platformName() {
    return text(Fields.PLATFORM_NAME);
  }

  /** Kind of that platform, such as {@code mastodon} or {@code pixelfed}. */
  public Optional<String> platformType() {
    return text(Fields.PLATFORM_TYPE);
  }

  /** Address of that platform. */
  public Optional<String> platformInstanceUrl() {
    return text(Fields.PLATFORM_URL);
  }

  /** The token against cross-site request forgery that forms carry. */
  public Optional<String> csrfToken() {
    return text(Fields.CSRF_TOKEN);
  }

  /** What the client looked like at login, hashed. */
  public Optional<String> fingerprint() {
    return text(Fields.FINGERPRINT);
  }

  /**
   * When the session was last given a new id, or was kept while all others of its user were ended:
   * {@code _renewed_at}. Empty if neither has happened.
   */
  public Optional<Instant> renewedAt() {
    return time(Fields.RENEWED_AT);
  }

  /** When the user logged in: {@code created_at}, from which the absolute lifetime counts. */
  public Optional<Instant> createdAt() {
    return time(Fields.CREATED_AT);
  }

  /**
   * When the document was last changed by its user: {@code last_activity}, or else Flask's {@code
   * _last_activity}.
   */
  public Optional<Instant> lastActivity() {
    return time(Fields.LAST_ACTIVITY).or(() -> time(Fields.FLASK_LAST_ACTIVITY));
  }

  /**
   * The value of a field; empty if it is absent or {@code null}.
   *
   * @throws SessionException.Unreadable if it has another type than the key says
   */
  public <T> Optional<T> find(AttributeKey<T> key) {
    return json(key.name()).map(key::decode);
  }

  /**
   * With another value in this field: in its place, or at the end if it is new.
   *
   * @throws IllegalArgumentException if the field is one that has methods of its own, or that the
   *     store keeps
   */
  public <T> Session with(AttributeKey<T> key, T value) {
    return put(Fields.requireFree(key.name()), key.encode(value));
  }

  /**
   * Without this field.
   *
   * @throws IllegalArgumentException as {@link #with}
   */
  public Session without(AttributeKey<?> key) {
    return remove(Fields.requireFree(key.name()));
  }

  /** With this role. Call {@link SessionStore#rotate} when a user gains rights. */
  public Session withRole(String role) {
    return put(Fields.ROLE, JsonText.quote(role));
  }

  /**
   * With another platform connection. Type and address of the former one are removed; set them
   * behind it with {@code AttributeKey.text("platform_type")} and {@code "platform_instance_url"}.
   */
  public Session withPlatform(long connectionId, String name) {
    return remove(Fields.PLATFORM_TYPE, Fields.PLATFORM_URL)
        .put(Fields.PLATFORM_ID, Long.toString(connectionId))
        .put(Fields.PLATFORM_NAME, JsonText.quote(name));
  }

  /** Without any of the platform fields. */
  public Session withoutPlatform() {
    return remove(
        Fields.PLATFORM_ID, Fields.PLATFORM_NAME, Fields.PLATFORM_TYPE, Fields.PLATFORM_URL);
  }

  /** The whole document: field name to JSON text, exactly as it was read. */
  public Map<String, String> fields() {
    return fields;
  }

  /** The whole document as JSON, without blanks between the fields. */
  public String toJson() {
    StringBuilder json = new StringBuilder(512).append('{');
    fields.forEach(
        (name, text) ->
            json.append(json.length() > 1 ? "," : "")
                .append(JsonText.quote(name))
                .append(':')
                .append(text));
    return json.append('}').toString();
  }

  Session withId(String newId) {
    return new Session(newId, fields);
  }

  Session put(String name, String json) {
    Map<String, String> changed = new LinkedHashMap<>(fields);
    changed.put(name, json);
    return new Session(id, changed);
  }

  /** Puts the field if the document has it already. */
  Session replace(String name, String json) {
    return fields.containsKey(name) ? put(name, json) : this;
  }

  private Session remove(String... names) {
    Map<String, String> changed = new LinkedHashMap<>(fields);
    for (String name : names) {
      changed.remove(name);
    }
    return new Session(id, changed);
  }

  private Optional<String> json(String name) {
    return Optional.ofNullable(fields.get(name)).filter(json -> !json.equals("null"));
  }

  private Optional<String> text(String name) {
    return json(name).flatMap(JsonText::text);
  }

  private OptionalLong integer(String name) {
    return json(name).map(JsonText::integerOrText).orElseGet(OptionalLong::empty);
  }

  private Optional<Instant> time(String name) {
    return json(name).flatMap(Timestamps::read);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Session that && id.equals(that.id) && fields.equals(that.fields);
  }

  @Override
  public int hashCode() {
    return 31 * id.hashCode() + fields.hashCode();
  }

  /** Shows neither id nor content. */
  @Override
  public String toString() {
    return "Session[" + fields.size() + " fields]";
  }
}
