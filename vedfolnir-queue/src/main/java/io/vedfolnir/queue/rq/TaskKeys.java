// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Keys that the Python application keeps beside RQ's: we read and remove them, and write none. A
 * task's id is its job's.
 */
final class TaskKeys {

  private static final int EVENT_DAYS = 7;

  private TaskKeys() {}

  /** Text, JSON: how far a task is. */
  static String progress(String task) {
    return "rq:progress:" + task;
  }

  /** Text, JSON: the same for its owner. */
  static String userProgress(String user, String task) {
    return "rq:user_progress:" + user + ":" + task;
  }

  /** Hash with {@code user_id}: who may run a task. */
  static String authorisation(String task) {
    return "rq:security:task_auth:" + task;
  }

  /** Text: the one task that a user has active. */
  static String activeTask(String user) {
    return "vedfolnir:user_active_task:" + user;
  }

  /** Every key of one task of one user; texts and hashes. */
  static List<String> ofTask(String user, String task) {
    return List.of(
        progress(task),
        userProgress(user, task),
        authorisation(task),
        "rq:backup:" + task,
        "rq:correlation:" + task,
        "rq:error_correlation:" + task,
        "rq:validation_cache:" + task,
        "rq:integrity_hashes:" + task,
        "rq:recovery_state:" + task,
        "vedfolnir:rq:retry:" + task,
        "vedfolnir:rq:failed:" + task);
  }

  /** Lists whose items may name users and tasks; events are kept for a week, a list a day. */
  static List<String> lists(Instant now) {
    List<String> keys =
        new ArrayList<>(
            List.of(
                "rq:dead_letter_queue",
                "rq:error_logs",
                "rq:performance_logs",
                "rq:alert_history",
                "rq:dashboard_notifications",
                "rq:recovery_log"));
    // The day is the application's local one, so one more on each side.
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    IntStream.rangeClosed(-1, EVENT_DAYS + 1)
        .mapToObj(today::minusDays)
        .map(DateTimeFormatter.BASIC_ISO_DATE::format)
        .forEach(day -> keys.add("rq:security:events:" + day));
    return keys;
  }
}
