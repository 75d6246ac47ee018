// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * What a worker does and how.
 *
 * @param queues names of the queues, the most urgent first: a job is taken from one only while
 *     those before it are empty. 1 to 64
 * @param handlers what runs the jobs, by function name. A job of another function fails
 * @param concurrency how many jobs run at once. Default 1; 1 to 1,024
 * @param name the name in Redis; letters, digits, {@code . _ -}, 1 to 100. Default: host, process
 *     id and a random part
 * @param mode whether it ends when its queues are empty. Default {@link Mode#STAYS}
 * @param heartbeat time between two proofs of life. Others take a job away when there was none for
 *     this and 60 s more. Default 30 s; 1 s to 5 min
 * @param shutdownGrace how long running jobs may go on when it is closed. Default 30 s; 0 to 1 day
 * @param interruptGrace how long a handler may take to react to an interrupt; after that its job is
 *     failed, its thread is left behind and replaced. Default 5 s; 0 to 5 min
 * @param resultTtl for jobs that do not say. Default 86,400 s (RQ's own workers: 500 s); 0 to 3650
 *     days
 * @param maxPayload most bytes of a job's payload, as stored; larger jobs fail unread. Default 16
 *     MiB; 1 KiB to 512 MiB
 * @param order which of several queues a job is taken from. Default {@link Order#PRIORITY}
 * @param threading what runs the handlers. Default {@link Threading.Own}
 * @param callbacks what is called when a job has ended, by the name of the Python function that the
 *     job asks for. A job that asks for another one fails before it runs
 * @param abandoned what becomes of a job without retries whose worker has died. Default {@link
 *     Abandoned#FAIL}
 * @param keyPrefix what all keys of RQ begin with. Default {@code rq:}
 */
public record WorkerSettings(
    List<String> queues,
    Map<String, Handling> handlers,
    int concurrency,
    Optional<String> name,
    Mode mode,
    Duration heartbeat,
    Duration shutdownGrace,
    Duration interruptGrace,
    Duration resultTtl,
    int maxPayload,
    Order order,
    Threading threading,
    Map<String, JobCallback> callbacks,
    Abandoned abandoned,
    String keyPrefix) {

  /** What happens when there is nothing to do. */
  public enum Mode {
    /** Waits for more. */
    STAYS,
    /** Stops. */
    BURST
  }

  /** Which queue comes next. */
  public enum Order {
    /** The first one that has a job. */
    PRIORITY,
    /** One after the other. */
    ROUND_ROBIN,
    /** Any. */
    RANDOM
  }

  /**
   * What becomes of a job whose worker has died, or whose run outlived a shutdown's grace, if it
   * has no retries left. Jobs with retries run again in either case.
   */
  public enum Abandoned {
    /** It fails, as with RQ's own workers: a job without retries runs at most once. */
    FAIL,
    /**
     * It runs again, from the front of its queue: every job runs at least once. A job whose workers
     * died three times fails all the same.
     */
    RUN_AGAIN
  }

  /** What runs handlers. */
  public sealed interface Threading {

    /** Platform threads of the worker, one for each slot. */
    record Own() implements Threading {}

    /** A virtual thread for each job; as {@link Own} on a JVM that has none, before 21. */
    record Virtual() implements Threading {}

    /**
     * An executor of the application, which is never closed here. It should take as many tasks at
     * once as the worker has slots.
     */
    record Given(Executor executor) implements Threading {}
  }

  /** A handler, with or without a shape for its arguments. */
  public sealed interface Handling {

    /** Gets the call as it came. */
    record Raw(JobHandler handler) implements Handling {}

    /** Gets a record. */
    record Typed<A extends Record, R>(JobType<A, R> type, TypedJobHandler<A, R> handler)
        implements Handling {}
  }

  /** Checks every bound. */
  public WorkerSettings {
    queues = List.copyOf(queues);
    handlers = Collections.unmodifiableMap(new LinkedHashMap<>(handlers));
    callbacks = Collections.unmodifiableMap(new LinkedHashMap<>(callbacks));
    if (queues.isEmpty() || queues.size() > 64 || new HashSet<>(queues).size() != queues.size()) {
      throw new IllegalArgumentException("queues takes 1 to 64 names, each once");
    }
    if (concurrency < 1 || concurrency > 1_024) {
      throw new IllegalArgumentException("concurrency is the number of jobs at once, 1 to 1024");
    }
    if (name.isPresent() && !name.get().matches("[A-Za-z0-9._-]{1,100}")) {
      throw new IllegalArgumentException("name takes 1 to 100 letters, digits, '.', '_' and '-'");
    }
    check("heartbeat", heartbeat, Duration.ofSeconds(1), Duration.ofMinutes(5));
    check("shutdownGrace", shutdownGrace, Duration.ZERO, Duration.ofDays(1));
    check("interruptGrace", interruptGrace, Duration.ZERO, Duration.ofMinutes(5));
    check("resultTtl", resultTtl, Duration.ZERO, Duration.ofDays(3650));
    if (maxPayload < 1 << 10 || maxPayload > 1 << 29) {
      throw new IllegalArgumentException("maxPayload is bytes, 1 KiB to 512 MiB");
    }
  }

  /** A worker on these queues, the most urgent first, with the defaults named above. */
  public static WorkerSettings listeningTo(String... queues) {
    return new WorkerSettings(
        List.of(queues),
        Map.of(),
        1,
        Optional.empty(),
        Mode.STAYS,
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        Duration.ofSeconds(86_400),
        16 << 20,
        Order.PRIORITY,
        new Threading.Own(),
        Map.of(),
        Abandoned.FAIL,
        "rq:");
  }

  /** Runs the jobs of this type with this handler. */
  public <A extends Record, R> WorkerSettings handling(
      JobType<A, R> type, TypedJobHandler<A, R> handler) {
    return handling(type.function(), new Handling.Typed<>(type, handler));
  }

  /** Runs the jobs of this function with this handler. */
  public WorkerSettings handling(String function, JobHandler handler) {
    return handling(function, new Handling.Raw(handler));
  }

  private WorkerSettings handling(String function, Handling handling) {
    Map<String, Handling> more = new LinkedHashMap<>(handlers);
    if (more.put(function, handling) != null) {
      throw new IllegalArgumentException("there is a handler for " + function + " already");
    }
    return with(draft -> draft.handlers = more);
  }

  /** Calls this when a job has ended that asks for the Python function of this name. */
  public WorkerSettings callingBack(String function, JobCallback callback) {
    Map<String, JobCallback> more = new LinkedHashMap<>(callbacks);
    if (more.put(function, callback) != null) {
      throw new IllegalArgumentException("there is a callback for " + function + " already");
    }
    return with(draft -> draft.callbacks = more);
  }

  /** With so many jobs at once. */
  public WorkerSettings withConcurrency(int concurrency) {
    return with(draft -> draft.concurrency = concurrency);
  }

  /** With this name. */
  public WorkerSettings withName(String name) {
    return with(draft -> draft.name = Optional.of(name));
  }

  /** Ends when all queues are empty and nothing runs. */
  public WorkerSettings withBurst() {
    return with(draft -> draft.mode = Mode.BURST);
  }

  /** With this time between heartbeats. */
  public WorkerSettings withHeartbeat(Duration heartbeat) {
    return with(draft -> draft.heartbeat = heartbeat);
  }

  /** With this grace for running jobs when it is closed. */
  public WorkerSettings withShutdownGrace(Duration shutdownGrace) {
    return with(draft -> draft.shutdownGrace = shutdownGrace);
  }

  /** With this grace for handlers that were interrupted. */
  public WorkerSettings withInterruptGrace(Duration interruptGrace) {
    return with(draft -> draft.interruptGrace = interruptGrace);
  }

  /** With this result TTL for jobs that have none. */
  public WorkerSettings withResultTtl(Duration resultTtl) {
    return with(draft -> draft.resultTtl = resultTtl);
  }

  /** With this largest payload, in bytes. */
  public WorkerSettings withMaxPayload(int maxPayload) {
    return with(draft -> draft.maxPayload = maxPayload);
  }

  /** With this order of its queues. */
  public WorkerSettings withOrder(Order order) {
    return with(draft -> draft.order = order);
  }

  /** With this executor for the handlers. */
  public WorkerSettings withExecutor(Executor executor) {
    return with(draft -> draft.threading = new Threading.Given(executor));
  }

  /** With a virtual thread for each job, where the JVM has them. */
  public WorkerSettings withVirtualThreads() {
    return with(draft -> draft.threading = new Threading.Virtual());
  }

  /** With this fate for jobs without retries whose worker has died. */
  public WorkerSettings withAbandoned(Abandoned abandoned) {
    return with(draft -> draft.abandoned = abandoned);
  }

  /** With this key prefix. */
  public WorkerSettings withKeyPrefix(String keyPrefix) {
    return with(draft -> draft.keyPrefix = keyPrefix);
  }

  private static void check(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(name + " is " + least + " to " + most);
    }
  }

  private WorkerSettings with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return new WorkerSettings(
        draft.queues,
        draft.handlers,
        draft.concurrency,
        draft.name,
        draft.mode,
        draft.heartbeat,
        draft.shutdownGrace,
        draft.interruptGrace,
        draft.resultTtl,
        draft.maxPayload,
        draft.order,
        draft.threading,
        draft.callbacks,
        draft.abandoned,
        draft.keyPrefix);
  }

  /** The components, one of which is about to change. */
  private static final class Draft {
    private List<String> queues;
    private Map<String, Handling> handlers;
    private int concurrency;
    private Optional<String> name;
    private Mode mode;
    private Duration heartbeat;
    private Duration shutdownGrace;
    private Duration interruptGrace;
    private Duration resultTtl;
    private int maxPayload;
    private Order order;
    private Threading threading;
    private Map<String, JobCallback> callbacks;
    private Abandoned abandoned;
    private String keyPrefix;

    Draft(WorkerSettings from) {
      queues = from.queues;
      handlers = from.handlers;
      concurrency = from.concurrency;
      name = from.name;
      mode = from.mode;
      heartbeat = from.heartbeat;
      shutdownGrace = from.shutdownGrace;
      interruptGrace = from.interruptGrace;
      resultTtl = from.resultTtl;
      maxPayload = from.maxPayload;
      order = from.order;
      threading = from.threading;
      callbacks = from.callbacks;
      abandoned = from.abandoned;
      keyPrefix = from.keyPrefix;
    }
  }
}
