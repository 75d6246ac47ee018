// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import io.vedfolnir.queue.JobRegistry;
import io.vedfolnir.queue.QueueSettings;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Every key of RQ, and the names in them. Nothing else builds a key.
 *
 * <p>Names are checked here, so that no command is ever sent with a bad one.
 */
public final class RqKeys {

  private static final Pattern JOB_ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");
  private static final Pattern EXECUTION_ID = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern QUEUE_NAME =
      Pattern.compile("[^\\p{Cntrl}\\s,*?\\[\\]{}\\\\]{1,200}");
  private static final String INTERMEDIATE = ":intermediate";
  private static final String OWN = "vedfolnir:{queue}:";

  private final String prefix;

  /** Keys that begin with this prefix, by default {@code rq:}. */
  public RqKeys(String prefix) {
    this.prefix = QueueSettings.defaults().withKeyPrefix(prefix).keyPrefix();
  }

  /** Whether RQ 2.8 and newer would read a job of this id. */
  public static boolean isJobId(String id) {
    return JOB_ID.matcher(id).matches();
  }

  /** Set of the keys of all queues. */
  public String queues() {
    return prefix + "queues";
  }

  /** List of job ids, the next one on the left. */
  public String queue(String queue) {
    return prefix + "queue:" + name(queue);
  }

  /** List of job ids between claim and start. */
  public String intermediate(String queue) {
    return queue(queue) + INTERMEDIATE;
  }

  /** Hash of a job. */
  public String job(String id) {
    return prefix + "job:" + id(id);
  }

  /** Set of the ids that wait for this job. */
  public String dependents(String id) {
    return job(id) + ":dependents";
  }

  /** Set of the ids that this job waits for; the double colon is RQ's. */
  public String dependencies(String id) {
    return prefix + "job::" + id(id) + ":dependencies";
  }

  /** Stream of results. */
  public String results(String id) {
    return prefix + "results:" + id(id);
  }

  /** Sorted set of a job's executions. */
  public String executions(String id) {
    return prefix + "executions:" + id(id);
  }

  /** Hash of one execution. */
  public String execution(String id, String execution) {
    return prefix + "execution:" + member(id, execution);
  }

  /** Sorted set of what is running; members are {@link #member}. */
  public String started(String queue) {
    return prefix + "wip:" + name(queue);
  }

  /** Sorted set of ids that ended well. */
  public String finished(String queue) {
    return prefix + "finished:" + name(queue);
  }

  /** Sorted set of ids that failed. */
  public String failed(String queue) {
    return prefix + "failed:" + name(queue);
  }

  /** Sorted set of ids that wait for others. */
  public String deferred(String queue) {
    return prefix + "deferred:" + name(queue);
  }

  /** Sorted set of ids that wait for their time. */
  public String scheduled(String queue) {
    return prefix + "scheduled:" + name(queue);
  }

  /** Set of the keys of all workers. */
  public String workers() {
    return prefix + "workers";
  }

  /** Set of the keys of the workers of one queue. */
  public String workers(String queue) {
    return prefix + "workers:" + name(queue);
  }

  /** Hash of a worker. */
  public String worker(String worker) {
    return prefix + "worker:" + worker;
  }

  /** Sorted set of ids that will not run. */
  public String canceled(String queue) {
    return prefix + "canceled:" + name(queue);
  }

  /** What holds the ids of one registry: a list for the first two, a sorted set for the others. */
  public String registry(String queue, JobRegistry registry) {
    return switch (registry) {
      case QUEUED -> queue(queue);
      case CLAIMED -> intermediate(queue);
      case STARTED -> started(queue);
      case FINISHED -> finished(queue);
      case FAILED -> failed(queue);
      case DEFERRED -> deferred(queue);
      case SCHEDULED -> scheduled(queue);
      case CANCELED -> canceled(queue);
    };
  }

  /** Text that is there while a scheduler takes care of a queue. */
  public String schedulerLock(String queue) {
    return prefix + "scheduler-lock:" + name(queue);
  }

  /** Since when maintenance sees an id in the intermediate list. */
  public String firstSeen(String queue, String id) {
    return intermediate(queue) + ":first_seen:" + id(id);
  }

  /** Text that is there while all workers are suspended. */
  public String suspended() {
    return prefix + "suspended";
  }

  /** Channel of the commands for a worker. */
  public String commands(String worker) {
    return prefix + "pubsub:" + worker;
  }

  /** Set of what a worker runs (RQ 3); members are {@link #member}. */
  public String executionsOf(String worker) {
    return worker(worker) + ":executions";
  }

  /** Set of the ids of a group. */
  public String group(String group) {
    return prefix + "group:" + group;
  }

  /** Set of the names of all groups. */
  public String groups() {
    return prefix + "groups";
  }

  /** String that says who sweeps the registries of a queue. */
  public String sweepLock(String queue) {
    return prefix + "clean_registries:" + name(queue);
  }

  /** Glob of all keys that begin as a job's, for an operator's SCAN. */
  public String anyJob() {
    return prefix + "job:*";
  }

  /** The job whose hash this key is; not of the keys beside it. */
  public Optional<String> jobOf(String key) {
    return after(prefix + "job:", key).filter(RqKeys::isJobId);
  }

  /** The queue that a member of {@link #queues} names, if it is one that we would name so. */
  public Optional<String> queueOf(String key) {
    return after(prefix + "queue:", key).filter(RqKeys::isQueueName);
  }

  /** The worker that a member of {@link #workers} names. */
  public Optional<String> workerOf(String key) {
    return after(prefix + "worker:", key);
  }

  private static Optional<String> after(String start, String key) {
    return key.startsWith(start) ? Optional.of(key.substring(start.length())) : Optional.empty();
  }

  /** Stream that tells a process's wait for results of one more job; not RQ's, and short-lived. */
  public String waits(String process) {
    return OWN + "waits:" + process;
  }

  /** Stream of the ids whose job was gone when they were to be run; ours, not RQ's. */
  public String ghosts() {
    return prefix + "vedfolnir:ghosts";
  }

  /** How an execution is named in sorted sets since RQ 2.0. */
  public String member(String id, String execution) {
    if (!isExecutionId(execution)) {
      throw new IllegalArgumentException("an execution id is 32 hexadecimal digits");
    }
    return id(id) + ":" + execution;
  }

  static boolean isExecutionId(String execution) {
    return EXECUTION_ID.matcher(execution).matches();
  }

  /** The job of an entry in a registry of started jobs; RQ before 2.0 enters the bare id. */
  public static String jobOfMember(String member) {
    int colon = member.indexOf(':');
    return colon < 0 ? member : member.substring(0, colon);
  }

  /** The execution of an entry in a registry of started jobs, if it names one. */
  public static Optional<String> executionOf(String member) {
    int colon = member.indexOf(':');
    return Optional.of(member.substring(colon + 1))
        .filter(execution -> colon >= 0 && EXECUTION_ID.matcher(execution).matches());
  }

  /** Text as it is stored. */
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Stored text. */
  public static String text(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }

  /**
   * The queue's name, if it can be one.
   *
   * @throws IllegalArgumentException otherwise
   */
  public static String name(String queue) {
    if (!isQueueName(queue)) {
      throw new IllegalArgumentException(
          "a queue name takes 1 to 200 characters, no blanks, control characters, commas, globs or"
              + " braces, and does not end in :intermediate");
    }
    return queue;
  }

  /** Whether {@link #name} takes it. */
  static boolean isQueueName(String queue) {
    return QUEUE_NAME.matcher(queue).matches() && !queue.endsWith(INTERMEDIATE);
  }

  private static String id(String id) {
    if (!isJobId(id)) {
      throw new IllegalArgumentException("a job id takes 1 to 128 letters, digits, '_' and '-'");
    }
    return id;
  }
}
