// SPDX-License-Identifier: Apache-2.0

/**
 * How jobs lie in Redis: the wire contract of Python RQ 2.x, checked against RQ 2.12.
 *
 * <p>Start at {@link io.vedfolnir.queue.rq.RqJobQueue}; {@link
 * io.vedfolnir.queue.rq.RqJobInspector} looks at all queues and steers, {@link
 * io.vedfolnir.queue.rq.RqJobPrivacy} is for the people that jobs are about. The whole contract is
 * in {@code docs/wire.md}. The other public types are for the worker next door, not for
 * applications: {@link io.vedfolnir.queue.rq.RqKeys} is the only place where a key is built, {@code
 * NewJob} the only writer of whole job hashes, {@link io.vedfolnir.queue.rq.JobHash} the only
 * reader.
 *
 * <p>An enqueue with an id of the caller is a watched transaction: the hash carries a fingerprint
 * of queue and payload, so a repeated call finds its own job and does not enter the queue twice,
 * while another call with the same id is told so. Without an id the transaction watches nothing and
 * takes one round trip; when its reply is lost, the exception carries the id to repeat it with.
 */
@NullMarked
package io.vedfolnir.queue.rq;

import org.jspecify.annotations.NullMarked;
