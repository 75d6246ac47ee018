// SPDX-License-Identifier: Apache-2.0

/** RQ jobs. */
@NullMarked
package io.vedfolnir.queue;

import org.jspecify.annotations.NullMarked;
