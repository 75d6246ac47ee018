// SPDX-License-Identifier: Apache-2.0

/**
 * Sessions in Redis 7; {@link io.vedfolnir.session.redis.RedisSessionStore} is the door.
 *
 * <table>
 * <caption>How a session lies in Redis</caption>
 * <tr><th>key</th><th>type</th><th>TTL</th><th>content</th></tr>
 * <tr><td>{@code vedfolnir:session:<id>}</td><td>string</td><td>idle timeout, 7200 s</td>
 *     <td>the document, JSON</td></tr>
 * <tr><td>{@code vedfolnir:{session}:user:<user id>}</td><td>sorted set</td><td>none</td>
 *     <td>ids of a user's sessions; score: when it expires, ms since 1970</td></tr>
 * <tr><td>{@code vedfolnir:{session}:deadlines}</td><td>sorted set</td><td>none</td>
 *     <td>{@code <id>:<user id>} of all sessions; score: when it expires, ms since 1970</td></tr>
 * <tr><td>{@code vedfolnir:{session}:not-before}</td><td>stream</td><td>none</td>
 *     <td>{@code user}, whose sessions count no more if they began before the time of the entry's
 *     id</td></tr>
 * </table>
 *
 * <p>Only the first, and the marks in the last, decide whether a session exists. The sorted sets
 * are written in the same {@code MULTI} as the document; a session that only Python has written
 * enters them when it is first seen here. They have no TTL, because an index that Redis may evict
 * makes "log out everywhere" miss sessions.
 *
 * <p>No script is used.
 */
@NullMarked
package io.vedfolnir.session.redis;

import org.jspecify.annotations.NullMarked;
