// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Why a job does not run, or what it does instead: one reason with its facts.
 *
 * <p>Of several reasons the first that has to be dealt with is told, so that a job that nobody
 * would work is not called suspended.
 */
public sealed interface Explanation {

  /** True if all is well: the job waits for its turn, runs, or has ended. */
  boolean isHealthy();

  /** The reason in a sentence, without ids. */
  String sentence();

  /** There is no trace of it: it never was, was deleted, or expired long ago. */
  record Unknown() implements Explanation {
    @Override
    public boolean isHealthy() {
      return false;
    }

    @Override
    public String sentence() {
      return "there is no such job";
    }
  }

  /**
   * Its id is left but its hash is gone: its TTL passed, Redis evicted it when memory was short, or
   * it was deleted by hand. It will not run.
   *
   * @param places where its id is: queue names with their registries; empty if only a result is
   *     left
   */
  record Ghost(Map<String, List<JobRegistry>> places) implements Explanation {
    /** Copies the places. */
    public Ghost {
      places = Map.copyOf(places);
    }

    @Override
    public boolean isHealthy() {
      return false;
    }

    @Override
    public String sentence() {
      return "the job is gone and only its id or result is left: it expired, was evicted or deleted";
    }
  }

  /**
   * Its hash holds what RQ could not have written.
   *
   * @param fields names of the fields
   */
  record Unreadable(List<String> fields) implements Explanation {
    /** Copies the names. */
    public Unreadable {
      fields = List.copyOf(fields);
    }

    @Override
    public boolean isHealthy() {
      return false;
    }

    @Override
    public String sentence() {
      return "the job cannot be read; fields " + String.join(", ", fields);
    }
  }

  /**
   * It waited longer than its TTL and will not run.
   *
   * @param at when the TTL passed
   */
  record Expired(Instant at) implements Explanation {
    @Override
    public boolean isHealthy() {
      return false;
    }

    @Override
    public String sentence() {
      return "its TTL for waiting passed at " + at;
    }
  }

  /**
   * It waits in a queue to which no worker listens.
   *
   * @param queue the queue
   * @param listenedTo the queues that have workers: perhaps one of them was meant
   */
  record NoWorker(String queue, List<String> listenedTo) implements Explanation {
    /** Copies the names. */
    public NoWorker {
      listenedTo = List.copyOf(listenedTo);
    }

    @Override
    public boolean isHealthy() {
      return false;
    }

    @Override
    public String sentence() {
      return "no worker listens to queue "
          + queue
          + (listenedTo.isEmpty()
              ? ", or to any other"
              : "; there are workers for " + String.join(", ", listenedTo));
    }
  }

  /**
   * All workers are suspended.
   *
   * @param until when that ends by itself; empty if only by a resume
   */
  record Suspended(Optional<Instant> until) implements Explanation {
    @Override
    public boolean isHealthy() {
      return false;
    }

    @Override
    public String sentence() {
      return "all workers are suspended" + until.map(end -> " until " + end).orElse("");
    }
  }

  /** Its hash says that it is queued, but it is in no queue: a producer or worker died half way. */
  record Stranded() implements Explanation {
    @Override
    public boolean isHealthy() {
      return false;
    }

    @Override
    public String sentence() {
      return "it should be in its queue and is not; delete it and enqueue it again";
    }
  }

  /**
   * It waits for other jobs.
   *
   * @param dependencies what it still waits for, and what they are up to; {@link JobStatus#UNKNOWN}
   *     for one that is gone
   */
  record WaitingForJobs(Map<String, JobStatus> dependencies) implements Explanation {
    /** Copies the map. */
    public WaitingForJobs {
      dependencies = Map.copyOf(dependencies);
    }

    /** True while something it waits for may still end well. */
    @Override
    public boolean isHealthy() {
      return dependencies.values().stream()
          .anyMatch(status -> !status.isEnded() && status != JobStatus.UNKNOWN);
    }

    @Override
    public String sentence() {
      return "it waits for "
          + dependencies.size()
          + " other jobs"
          + (isHealthy() ? "" : " in vain");
    }
  }

  /**
   * It waits for its time.
   *
   * @param due when that is
   * @param overdue whether it has passed
   * @param scheduler whether a scheduler takes care of the queue
   */
  record Scheduled(Instant due, boolean overdue, boolean scheduler) implements Explanation {
    @Override
    public boolean isHealthy() {
      return scheduler;
    }

    @Override
    public String sentence() {
      return (overdue ? "it was due at " : "it is due at ")
          + due
          + (scheduler ? "" : ", but no scheduler runs for its queue");
    }
  }

  /**
   * It was started, and nobody has renewed its lease: the worker died or lost touch.
   *
   * @param since when the lease ended, or the last sign of life if it has none
   * @param worker who ran it, if that is known
   */
  record Abandoned(Instant since, Optional<String> worker) implements Explanation {
    @Override
    public boolean isHealthy() {
      return false;
    }

    @Override
    public String sentence() {
      return "its run is abandoned since "
          + since
          + "; the maintenance of a worker will fail or retry it";
    }
  }

  /**
   * It waits for its turn.
   *
   * @param queue the queue
   * @param position how many are before it
   * @param workers how many workers listen
   */
  record Queued(String queue, long position, int workers) implements Explanation {
    @Override
    public boolean isHealthy() {
      return true;
    }

    @Override
    public String sentence() {
      return "it waits in queue " + queue + " behind " + position + " others";
    }
  }

  /** A worker has taken it and is about to start it, or died right then. */
  record Claimed() implements Explanation {
    @Override
    public boolean isHealthy() {
      return true;
    }

    @Override
    public String sentence() {
      return "a worker has taken it and is about to start it";
    }
  }

  /**
   * It runs.
   *
   * @param since when it was started
   * @param worker who runs it
   * @param leaseUntil until when its worker may be silent
   */
  record Running(Instant since, Optional<String> worker, Instant leaseUntil)
      implements Explanation {
    @Override
    public boolean isHealthy() {
      return true;
    }

    @Override
    public String sentence() {
      return "it runs since " + since + worker.map(name -> " on " + name).orElse("");
    }
  }

  /**
   * It has ended.
   *
   * @param status finished, failed, stopped or canceled
   * @param at when, if it was run
   */
  record Ended(JobStatus status, Optional<Instant> at) implements Explanation {
    @Override
    public boolean isHealthy() {
      return status == JobStatus.FINISHED;
    }

    @Override
    public String sentence() {
      return "it is " + status.word() + at.map(end -> " since " + end).orElse("");
    }
  }

  /**
   * It is in a state of RQ 3 that this version only knows by name.
   *
   * @param status which
   */
  record Other(JobStatus status) implements Explanation {
    @Override
    public boolean isHealthy() {
      return true;
    }

    @Override
    public String sentence() {
      return "it is " + (status == JobStatus.UNKNOWN ? "in an unknown state" : status.word());
    }
  }
}
