// SPDX-License-Identifier: Apache-2.0

/**
 * Jobs of Python RQ, for producers and workers on the JVM.
 *
 * <p>Start at {@link io.vedfolnir.queue.JobQueue}; the doors are {@code RqJobQueue.open}, {@code
 * RqJobInspector.open} and {@code RqJobPrivacy.open} in package {@code rq} and {@code
 * RqWorker.start} in package {@code worker}. This package is the contract: it knows neither the
 * Redis client nor a JSON library.
 *
 * <pre>
 * enqueue ──&gt; queued ──&gt; started ──&gt; finished
 *               ^           │
 *               │           ├──&gt; failed
 *               └── retry ──┤
 *                           └──&gt; scheduled (a retry after a pause)
 * </pre>
 *
 * <p>What is promised: a job without {@link io.vedfolnir.queue.Retry} runs at most once, a job with
 * it at least once; a result is recorded only by the execution that Redis still knows.
 */
@NullMarked
package io.vedfolnir.queue;

import org.jspecify.annotations.NullMarked;
