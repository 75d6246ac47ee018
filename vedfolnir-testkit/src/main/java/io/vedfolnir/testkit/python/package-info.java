// SPDX-License-Identifier: Apache-2.0

/** The real RQ, for tests of what Java and Python exchange. */
@NullMarked
package io.vedfolnir.testkit.python;

import org.jspecify.annotations.NullMarked;
