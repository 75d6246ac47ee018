// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

/**
 * A job that both sides know by name and shape: the function, a record of its arguments, its
 * result.
 *
 * <p>The record's components are the keyword arguments of the Python function, under the same
 * names. A worker also takes positional arguments, in the order of the components.
 *
 * @param function dotted name, as Python would import it
 * @param arguments record class; components may be primitives, text, collections, maps, records,
 *     and what the serializer can carry
 * @param result class of the return value; {@code Void.class} if there is none
 * @param <A> arguments
 * @param <R> result
 */
public record JobType<A extends Record, R>(String function, Class<A> arguments, Class<R> result) {

  /** Checks the name. */
  public JobType {
    if (function.isBlank() || function.length() > 512) {
      throw new IllegalArgumentException(
          "function is the dotted name of a function, 1 to 512 characters");
    }
  }

  /** The type of jobs that call this function. */
  public static <A extends Record, R> JobType<A, R> of(
      String function, Class<A> arguments, Class<R> result) {
    return new JobType<>(function, arguments, result);
  }
}
