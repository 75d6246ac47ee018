// SPDX-License-Identifier: Apache-2.0

/**
 * The quick start: boots Redis, shares a session and some jobs, shows what lies in Redis, ends.
 *
 * <p>Start at {@link io.vedfolnir.examples.quickstart.QuickStart}.
 */
@NullMarked
package io.vedfolnir.examples.quickstart;

import org.jspecify.annotations.NullMarked;
