// SPDX-License-Identifier: Apache-2.0

/**
 * What the verbs cost, each beside bare Lettuce sending the same bytes to the same Redis in the
 * same run. Ratios are what counts; see {@link io.vedfolnir.benchmarks.Benchmarks}.
 */
@NullMarked
package io.vedfolnir.benchmarks;

import org.jspecify.annotations.NullMarked;
