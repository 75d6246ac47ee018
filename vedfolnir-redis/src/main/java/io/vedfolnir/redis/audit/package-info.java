// SPDX-License-Identifier: Apache-2.0

/**
 * The record of who did what to sessions and jobs, kept so that tampering shows.
 *
 * <p>Two keys, both without TTL:
 *
 * <ul>
 *   <li>STREAM {@code vedfolnir:{audit}:trail}: the entries, each with the hash of the one before,
 *   <li>STRING {@code vedfolnir:{audit}:salt}: what makes {@linkplain
 *       io.vedfolnir.redis.audit.Pseudonyms pseudonyms} out of ids.
 * </ul>
 *
 * <p>The operator's scripts write the same trail, see {@link
 * io.vedfolnir.redis.audit.AuditEntry#hashOf}.
 */
@NullMarked
package io.vedfolnir.redis.audit;

import org.jspecify.annotations.NullMarked;
