// SPDX-License-Identifier: Apache-2.0

/**
 * The ground floor on which sessions and jobs stand: connections, transactions, server time, health
 * and typed failures.
 *
 * <p>Start at {@link io.vedfolnir.redis.RedisAccess}. It keeps a constant number of connections:
 *
 * <ul>
 *   <li>one <em>shared</em> connection for single commands and unwatched batches,
 *   <li>one for {@code MULTI … EXEC} blocks that watch nothing, each written in one piece,
 *   <li>a small bounded pool for transactions that {@code WATCH}; these never reconnect by
 *       themselves, because a connection that silently comes back has forgotten what it watched,
 *   <li>one for each {@linkplain io.vedfolnir.redis.DedicatedConnection blocking loop} and each
 *       {@linkplain io.vedfolnir.redis.Subscription subscription} that was asked for.
 * </ul>
 *
 * <p>A command is sent once. Lettuce's replay of unanswered commands after a reconnect is off: it
 * doubles writes whose reply was lost. What cannot be known is reported as {@link
 * io.vedfolnir.redis.RedisAccessException.OutcomeUnknown}.
 */
@NullMarked
package io.vedfolnir.redis;

import org.jspecify.annotations.NullMarked;
