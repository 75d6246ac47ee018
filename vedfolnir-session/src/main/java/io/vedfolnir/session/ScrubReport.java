// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.util.Map;
import java.util.OptionalLong;

/**
 * What a scrub has found and mended.
 *
 * @param sessions documents that can be read and count
 * @param entered sessions that an index lacked
 * @param removed index entries without a session
 * @param ended documents that were removed because "log out everywhere" had ended them
 * @param unreadable documents that cannot be read, by reason; they are left alone
 * @param byPlatform sessions by the number of their platform connection; empty: none
 */
public record ScrubReport(
    long sessions,
    long entered,
    long removed,
    long ended,
    Map<SessionException.Unreadable.Reason, Long> unreadable,
    Map<OptionalLong, Long> byPlatform) {}
