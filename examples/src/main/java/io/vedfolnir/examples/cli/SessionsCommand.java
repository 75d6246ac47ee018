// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.examples.cli;

import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Login;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionEvent;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.session.SessionStore;
import io.vedfolnir.session.redis.RedisSessionStore;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sessions from the command line. */
@Command(
    name = "sessions",
    description = "Create, show, change and end web sessions.",
    mixinStandardHelpOptions = true)
final class SessionsCommand {

  private static final SessionSettings SETTINGS = SessionSettings.defaults().withEvents();

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

  @Command(description = "Prolong a session and print it.", mixinStandardHelpOptions = true)
  int touch(@Parameters(paramLabel = "<id>") String id) {
    return with(sessions -> show(sessions.touch(id)));
  }

  @Command(
      description = "Move a session to a new id and print it.",
      mixinStandardHelpOptions = true)
  int rotate(@Parameters(paramLabel = "<id>") String id) {
    return with(sessions -> show(sessions.rotate(id)));
  }

  @Command(
      description = "Print the sessions of a user, one on a line.",
      mixinStandardHelpOptions = true)
  int list(@Parameters(paramLabel = "<user-id>") long userId) {
    return with(
        sessions -> {
          sessions.findByUser(userId).forEach(this::show);
          return ExitCode.DONE.status();
        });
  }

  @Command(description = "End all sessions of a user.", mixinStandardHelpOptions = true)
  int terminate(
      @Parameters(paramLabel = "<user-id>") long userId,
      @Option(names = "--except", paramLabel = "<id>", description = "the session that goes on")
          Optional<String> except) {
    return with(
        sessions -> {
          int ended =
              except
                  .map(kept -> sessions.deleteByUserExcept(userId, kept))
                  .orElseGet(() -> sessions.deleteByUser(userId));
          spec.commandLine().getOut().println("{\"ended\": " + ended + "}");
          return ExitCode.DONE.status();
        });
  }

  @Command(
      description = "Print what happens to sessions, one event on a line, until interrupted.",
      mixinStandardHelpOptions = true)
  int events(
      @Option(
              names = "--group",
              paramLabel = "<name>",
              defaultValue = "examples",
              description = "who listens; members of a group share the events (${DEFAULT-VALUE})")
          String group,
      @Option(names = "--count", paramLabel = "<n>", description = "end after so many events")
          Optional<Integer> count) {
    CountDownLatch left = new CountDownLatch(count.orElse(Integer.MAX_VALUE));
    return with(
        sessions -> {
          sessions.events(group, event -> print(event, left));
          try {
            left.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return ExitCode.DONE.status();
        });
  }

  private void print(SessionEvent event, CountDownLatch left) {
    if (left.getCount() == 0) {
      throw new IllegalStateException("enough events; this one is for the next of the group");
    }
    String user = event.userId().isPresent() ? ", \"user\": " + event.userId().getAsLong() : "";
    spec.commandLine()
        .getOut()
        .printf(
            "{\"event\": \"%s\", \"id\": \"%s\"%s, \"at\": \"%s\"}%n",
            event.kind().name().toLowerCase(Locale.ROOT), event.sessionId(), user, event.at());
    spec.commandLine().getOut().flush();
    left.countDown();
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
        SessionStore sessions = RedisSessionStore.open(redis, SETTINGS)) {
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
