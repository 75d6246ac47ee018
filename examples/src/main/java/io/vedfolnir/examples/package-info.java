// SPDX-License-Identifier: Apache-2.0

/** Small runnable programs. */
@NullMarked
package io.vedfolnir.examples;

import org.jspecify.annotations.NullMarked;
