// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.rq;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Several replies as one. */
final class Stages {

  private Stages() {}

  /** All values in the order of the stages; the first failure if there is one. */
  static <T> CompletionStage<List<T>> all(List<? extends CompletionStage<? extends T>> stages) {
    List<CompletableFuture<? extends T>> futures = new ArrayList<>(stages.size());
    stages.forEach(stage -> futures.add(stage.toCompletableFuture()));
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .thenApply(
            done -> {
              List<T> values = new ArrayList<>(futures.size());
              futures.forEach(future -> values.add(future.join()));
              return values;
            });
  }

  /** Does one after the other; all results in order. */
  static <I, T> CompletionStage<List<T>> eachInTurn(
      Iterable<I> items, Function<I, CompletionStage<T>> action) {
    CompletionStage<List<T>> results = CompletableFuture.completedFuture(new ArrayList<>());
    for (I item : items) {
      results =
          results.thenCompose(
              list ->
                  action
                      .apply(item)
                      .thenApply(
                          value -> {
                            list.add(value);
                            return list;
                          }));
    }
    return results;
  }
}
