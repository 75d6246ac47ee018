// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The application's four queues: a name for each priority, and how long a job of it may run.
 *
 * <p>Producers and workers must mean the same names. The application's own do not: its producers
 * name {@code vedfolnir:rq:urgent} ({@link #prefixed()}), its workers listen to {@code urgent}
 * ({@link #bare()}); {@link JobInspector#explain} tells a job that waits for such a reason.
 *
 * @param prefix what the names begin with, such as {@code vedfolnir:rq:}; may be empty
 */
public record PriorityQueues(String prefix) {

  /** How urgent a job is. */
  public enum Priority {
    /** System maintenance; may run 600 s. */
    URGENT(600),
    /** Jobs of administrators; may run 300 s. */
    HIGH(300),
    /** Everybody else's; may run 300 s. */
    NORMAL(300),
    /** Jobs that can wait; may run 900 s. */
    LOW(900);

    private final Duration timeout;

    Priority(long seconds) {
      this.timeout = Duration.ofSeconds(seconds);
    }

    /** How long a job may run. */
    public Duration timeout() {
      return timeout;
    }
  }

  /** The names that the application's producers use. */
  public static PriorityQueues prefixed() {
    return new PriorityQueues("vedfolnir:rq:");
  }

  /** The names that the application's workers use. */
  public static PriorityQueues bare() {
    return new PriorityQueues("");
  }

  /** The name of one queue. */
  public String name(Priority priority) {
    return prefix + priority.name().toLowerCase(Locale.ROOT);
  }

  /** All names, the most urgent first, as a worker takes them. */
  public List<String> names() {
    return Arrays.stream(Priority.values()).map(this::name).toList();
  }

  /** How the application enqueues a task: the task's id is the job's, the timeout the queue's. */
  public Enqueue task(String taskId, Priority priority) {
    return Enqueue.defaults().withId(taskId).withTimeout(priority.timeout());
  }
}
