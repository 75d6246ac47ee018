// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is stored of a person in jobs.
 *
 * @param at when it was read, by the clock of Redis
 * @param jobs their jobs with payloads and results
 * @param documents what the application keeps of them beside its jobs: by key a text, a map of
 *     texts, or a list of those items that name them
 */
public record JobExport(Instant at, List<JobDetails> jobs, Map<String, Object> documents) {

  /** Copies the collections. */
  public JobExport {
    jobs = List.copyOf(jobs);
    documents = Collections.unmodifiableMap(new LinkedHashMap<>(documents));
  }

  /** How much it is; nothing of it. */
  @Override
  public String toString() {
    return "JobExport[" + jobs.size() + " jobs, " + documents.size() + " documents]";
  }
}
