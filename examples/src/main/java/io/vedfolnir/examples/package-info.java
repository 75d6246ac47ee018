// SPDX-License-Identifier: Apache-2.0

/** The functions that the examples serve, in Java. */
@NullMarked
package io.vedfolnir.examples;

import org.jspecify.annotations.NullMarked;
