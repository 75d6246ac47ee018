// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * The person whose jobs are meant.
 *
 * <p>A job is theirs if its meta has their id as {@code user_id}, or if the application's own keys
 * say so (its {@code task_auth} and {@code user_progress}), or if the selector takes it.
 *
 * @param userId their id, as a number or text in meta; 1 to 200 characters, no blanks or globs
 * @param selector tells more of their jobs, as by an argument; empty for none
 */
public record JobSubject(String userId, Optional<Predicate<JobDetails>> selector) {

  /** Checks the id. */
  public JobSubject {
    if (!userId.matches("[!-~&&[^*?\\[\\]\\\\]]{1,200}")) {
      throw new IllegalArgumentException(
          "userId takes 1 to 200 visible ASCII characters, none of * ? [ ] \\");
    }
  }

  /** A user by number. */
  public static JobSubject user(long userId) {
    return user(Long.toString(userId));
  }

  /** A user by id. */
  public static JobSubject user(String userId) {
    return new JobSubject(userId, Optional.empty());
  }

  /** With the jobs that this takes, too. It is called on any thread and must not block. */
  public JobSubject owning(Predicate<JobDetails> selector) {
    return new JobSubject(userId, Optional.of(selector));
  }

  /** Without the id. */
  @Override
  public String toString() {
    return "JobSubject";
  }
}
