// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known about a job.
 *
 * @param job the job with its newest result
 * @param call what it calls; empty if its payload was refused
 * @param callRefusal why the call is not given
 * @param format the serializer it was written with; empty if its payload was refused
 * @param meta what producer and function note on it; empty if there is none or it was refused
 * @param metaRefusal why meta is not given
 * @param progress the document that the application keeps at {@code rq:progress:<id>}; empty if
 *     there is none
 * @param dependencies ids of the jobs it waits for or waited for
 * @param dependents ids of the jobs that wait for it
 * @param lastHeartbeat when its worker was heard of last
 * @param group name of its group (RQ 2)
 * @param history the results that are kept, the newest first; RQ keeps about 10
 */
public record JobDetails(
    Job job,
    Optional<RemoteCall> call,
    Optional<String> callRefusal,
    Optional<PayloadFormat> format,
    Map<String, @Nullable Object> meta,
    Optional<String> metaRefusal,
    Map<String, @Nullable Object> progress,
    List<String> dependencies,
    List<String> dependents,
    Optional<Instant> lastHeartbeat,
    Optional<String> group,
    List<JobResult> history) {

  /** Copies the collections. */
  public JobDetails {
    meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
    progress = Collections.unmodifiableMap(new LinkedHashMap<>(progress));
    dependencies = List.copyOf(dependencies);
    dependents = List.copyOf(dependents);
    history = List.copyOf(history);
  }

  /** As {@link Job#toString}: payloads belong to the application. */
  @Override
  public String toString() {
    return "JobDetails[" + job + "]";
  }
}
