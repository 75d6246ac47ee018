// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionEvent;
import io.vedfolnir.session.SessionEvent.Kind;
import io.vedfolnir.session.SessionSettings;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Writes lifecycle events, in the transaction of what they tell of; nothing if they are off. */
final class Outbox {

  private static final String KIND = "kind";
  private static final String ID = "id";
  private static final String USER = "user";
  private static final String PREVIOUS = "previous";

  private final SessionKeys keys;
  private final int kept;

  Outbox(SessionKeys keys, SessionSettings settings) {
    this.keys = keys;
    this.kept = settings.keptEvents();
  }

  void add(RedisAsyncCommands<String, byte[]> commands, Kind kind, Session session) {
    add(commands, kind, session.id(), session.userId(), Optional.empty());
  }

  void add(
      RedisAsyncCommands<String, byte[]> commands,
      Kind kind,
      String id,
      OptionalLong user,
      Optional<String> previous) {
    if (kept == 0) {
      return;
    }
    Map<String, byte[]> fields = new LinkedHashMap<>();
    fields.put(KIND, kind.name().toLowerCase(Locale.ROOT).getBytes(US_ASCII));
    fields.put(ID, id.getBytes(US_ASCII));
    user.ifPresent(number -> fields.put(USER, Long.toString(number).getBytes(US_ASCII)));
    previous.ifPresent(old -> fields.put(PREVIOUS, old.getBytes(US_ASCII)));
    commands.xadd(keys.events(), new XAddArgs().maxlen(kept).approximateTrimming(), fields);
  }

  /** Reads an entry; empty if it is none that this version knows. */
  static Optional<SessionEvent> read(StreamMessage<String, byte[]> entry) {
    Map<String, byte[]> fields = entry.getBody();
    try {
      String id = entry.getId();
      return Optional.of(
          new SessionEvent(
              Kind.valueOf(text(fields, KIND).orElseThrow().toUpperCase(Locale.ROOT)),
              text(fields, ID).orElseThrow(),
              text(fields, USER)
                  .map(user -> OptionalLong.of(Long.parseLong(user)))
                  .orElseGet(OptionalLong::empty),
              text(fields, PREVIOUS),
              Instant.ofEpochMilli(Long.parseLong(id.substring(0, id.indexOf('-'))))));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> text(Map<String, byte[]> fields, String name) {
    return Optional.ofNullable(fields.get(name)).map(value -> new String(value, US_ASCII));
  }
}
