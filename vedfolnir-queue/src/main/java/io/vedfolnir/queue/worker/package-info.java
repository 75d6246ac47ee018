// SPDX-License-Identifier: Apache-2.0

/**
 * The worker: start at {@link io.vedfolnir.queue.worker.RqWorker}.
 *
 * <p>Threads of one worker, all daemons named {@code vedfolnir-worker-<name>-…}:
 *
 * <ul>
 *   <li><em>main</em>: {@code JobFetcher} takes ids while slots are free and sleeps on {@code
 *       WakeUp} when there are none; at the end it shuts the rest down;
 *   <li><em>handler-n</em>: one for each slot; {@code JobRunner} starts a claim, calls the handler
 *       and records the end with {@code Completion};
 *   <li><em>heartbeat</em>: {@code Heartbeat} renews worker and runs;
 *   <li><em>deadlines</em>: interrupts handlers whose time is over.
 * </ul>
 *
 * <p>Where a job is when the worker dies: before the claim in the queue, after it in the
 * intermediate list, after the start in the registry of started jobs, after the end in its result.
 * Each step is one command or one transaction.
 */
@NullMarked
package io.vedfolnir.queue.worker;

import org.jspecify.annotations.NullMarked;
