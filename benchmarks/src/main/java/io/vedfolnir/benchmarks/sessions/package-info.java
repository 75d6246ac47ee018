// SPDX-License-Identifier: Apache-2.0

/**
 * Session stores side by side: the same document, the same verbs, the same Redis.
 *
 * <p>Start at {@link io.vedfolnir.benchmarks.sessions.SessionTable}.
 */
@NullMarked
package io.vedfolnir.benchmarks.sessions;

import org.jspecify.annotations.NullMarked;
