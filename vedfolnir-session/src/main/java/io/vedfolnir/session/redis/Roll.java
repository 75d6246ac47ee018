// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.vedfolnir.session.Session;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * What has become of the sessions in a user's index.
 *
 * @param live those that count
 * @param gone those of which there is no document
 * @param others those that cannot be read, or count no more though their document is there
 */
record Roll(List<Session> live, List<String> gone, List<String> others) {

  static final Roll EMPTY = new Roll(List.of(), List.of(), List.of());

  int size() {
    return live.size() + others.size();
  }

  /** The one to be ended first. */
  String oldest() {
    return others.stream()
        .findFirst()
        .orElseGet(
            () ->
                live.stream()
                    .min(Comparator.comparing(one -> one.createdAt().orElse(Instant.EPOCH)))
                    .orElseThrow()
                    .id());
  }
}
