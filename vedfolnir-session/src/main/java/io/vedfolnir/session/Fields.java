// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.util.Map;

/** Names of the fields that the session document has in every program that shares it. */
final class Fields {

  static final String USER_ID = "user_id";

  /** Flask-Login's spelling, with a string for its value. */
  static final String FLASK_USER_ID = "_user_id";

  static final String USERNAME = "username";
  static final String EMAIL = "email";
  static final String ROLE = "role";
  static final String PLATFORM_ID = "platform_connection_id";
  static final String PLATFORM_NAME = "platform_name";
  static final String PLATFORM_TYPE = "platform_type";
  static final String PLATFORM_URL = "platform_instance_url";
  static final String CSRF_TOKEN = "csrf_token";
  static final String FINGERPRINT = "session_fingerprint";
  static final String CREATED_AT = "created_at";
  static final String LAST_ACTIVITY = "last_activity";
  static final String FLASK_LAST_ACTIVITY = "_last_activity";
  static final String LAST_UPDATED = "_last_updated";
  static final String RENEWED_AT = "_renewed_at";
  static final String SESSION_ID = "session_id";

  private static final String OWN_USER = "a session belongs to one user: end it and log in anew";
  private static final String BY_STORE = "the store keeps it";

  private static final Map<String, String> RESERVED =
      Map.ofEntries(
          Map.entry(USER_ID, OWN_USER),
          Map.entry(FLASK_USER_ID, OWN_USER),
          Map.entry(USERNAME, OWN_USER),
          Map.entry(ROLE, "use withRole"),
          Map.entry(PLATFORM_ID, "use withPlatform or withoutPlatform"),
          Map.entry(PLATFORM_NAME, "use withPlatform or withoutPlatform"),
          Map.entry(CSRF_TOKEN, "it is renewed by rotate"),
          Map.entry(CREATED_AT, BY_STORE),
          Map.entry(LAST_ACTIVITY, BY_STORE),
          Map.entry(LAST_UPDATED, BY_STORE),
          Map.entry(RENEWED_AT, BY_STORE),
          Map.entry(SESSION_ID, BY_STORE));

  private Fields() {}

  /** The name, unless the field has rules of its own. */
  static String requireFree(String name) {
    String advice = RESERVED.get(name);
    if (advice != null) {
      throw new IllegalArgumentException(
          "the field " + name + " cannot be set or removed as an attribute: " + advice);
    }
    return name;
  }
}
