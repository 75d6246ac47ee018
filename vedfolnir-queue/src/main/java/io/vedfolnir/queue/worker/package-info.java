// SPDX-License-Identifier: Apache-2.0

/**
 * The worker: start at {@link io.vedfolnir.queue.worker.RqWorker}.
 *
 * <p>Threads of one worker, all daemons named {@code vedfolnir-worker-<name>-…}:
 *
 * <ul>
 *   <li><em>main</em>: {@code WorkLoop} sends one round after another, in which {@code Intake}
 *       brings ids to their start and {@code Endings} brings runs to their record; it sleeps while
 *       {@code WakeUp} has no news;
 *   <li><em>handler-n</em>: one for each slot, unless the application gave an executor; {@code
 *       JobRunner} calls the handler and hands its end over;
 *   <li><em>heartbeat-n</em>: {@code Heartbeat} renews worker and runs, {@code Sweep} recovers what
 *       dead workers have left;
 *   <li><em>dependents</em>: queues jobs that waited for one that has ended;
 *   <li><em>deadlines</em>: interrupts handlers whose time is over;
 *   <li><em>closing</em>: waits at the end for what runs.
 * </ul>
 *
 * <p>Where a job is when the worker dies: before the claim in the queue, after it in the
 * intermediate list, after the start in the registry of started jobs, after the end in its result.
 * Each step is one command or one transaction, which many jobs may share.
 */
@NullMarked
package io.vedfolnir.queue.worker;

import org.jspecify.annotations.NullMarked;
