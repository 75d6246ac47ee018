// SPDX-License-Identifier: Apache-2.0

/** The configured Redis for tests. */
@NullMarked
package io.vedfolnir.testkit;

import org.jspecify.annotations.NullMarked;
