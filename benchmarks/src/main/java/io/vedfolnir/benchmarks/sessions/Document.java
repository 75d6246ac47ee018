// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.benchmarks.sessions;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What every store keeps: the fields of the contract. */
final class Document {

  static final int TTL = 7200;

  static final String JSON =
      """
      {"user_id": 1, "username": "admin", "role": "admin", "platform_connection_id": 123, \
      "platform_name": "My Platform", "csrf_token": "q3tC0d8b0hJm2u5Y8mK1Zw", \
      "created_at": "2026-01-31T10:00:00.000000Z", \
      "last_activity": "2026-01-31T10:00:00.000000Z"}""";

  static final byte[] BYTES = JSON.getBytes(StandardCharsets.UTF_8);

  static final Map<String, Object> FIELDS =
      Map.of(
          "user_id", 1,
          "username", "admin",
          "role", "admin",
          "platform_connection_id", 123,
          "platform_name", "My Platform",
          "csrf_token", "q3tC0d8b0hJm2u5Y8mK1Zw",
          "created_at", "2026-01-31T10:00:00.000000Z",
          "last_activity", "2026-01-31T10:00:00.000000Z");

  private Document() {}
}
