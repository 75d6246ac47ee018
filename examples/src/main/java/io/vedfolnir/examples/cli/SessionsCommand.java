// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.cli;

import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.session.SessionStore;
import io.vedfolnir.session.redis.RedisSessionStore;
import java.util.Optional;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sessions from the command line. */
@Command(
    name = "sessions",
    description = "Create, show, change and end web sessions.",
    mixinStandardHelpOptions = true)
final class SessionsCommand {

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "<redis-uri>", description = "where Redis is")
  private String uri;

  SessionsCommand() {
    this.spec = CommandSpec.create();
    this.uri = "";
  }

  @Command(description = "Start a session and print it.", mixinStandardHelpOptions = true)
  int create(
      @Parameters(paramLabel = "<user-id>") long userId,
      @Parameters(paramLabel = "<username>") String username) {
    return with(sessions -> show(sessions.create(Login.of(userId, username))));
  }

  @Command(description = "Print a session.", mixinStandardHelpOptions = true)
  int show(@Parameters(paramLabel = "<id>") String id) {
    return with(sessions -> show(sessions.find(id)));
  }

  @Command(
      description = "Set a field of a session to a JSON value, and print the session.",
      mixinStandardHelpOptions = true)
  int set(
      @Parameters(paramLabel = "<id>") String id,
      @Parameters(paramLabel = "<field>") String field,
      @Parameters(paramLabel = "<json>") String json) {
    return with(sessions -> show(sessions.update(id, session -> set(session, field, json))));
  }

  @Command(description = "End a session.", mixinStandardHelpOptions = true)
  int delete(@Parameters(paramLabel = "<id>") String id) {
    return with(
        sessions -> {
          boolean existed = sessions.delete(id);
          spec.commandLine().getOut().println("{\"deleted\": " + existed + "}");
          return (existed ? ExitCode.DONE : ExitCode.NOT_FOUND).status();
        });
  }

  private static Session set(Session session, String field, String json) {
    if (field.equals("role")) {
      return session.withRole(AttributeKey.text("role").decode(json));
    }
    return session.with(AttributeKey.json(field), json);
  }

  private int with(ToIntFunction<SessionStore> work) {
    try (RedisAccess redis = Connection.open(uri);
        SessionStore sessions = RedisSessionStore.open(redis, SessionSettings.defaults())) {
      return work.applyAsInt(sessions);
    }
  }

  private int show(Optional<Session> session) {
    if (session.isEmpty()) {
      spec.commandLine().getErr().println("no such session");
      return ExitCode.NOT_FOUND.status();
    }
    return show(session.get());
  }

  private int show(Session session) {
    spec.commandLine()
        .getOut()
        .println("{\"id\": \"" + session.id() + "\", \"session\": " + session.toJson() + "}");
    return ExitCode.DONE.status();
  }
}
