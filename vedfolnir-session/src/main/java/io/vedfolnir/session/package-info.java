// SPDX-License-Identifier: Apache-2.0

/** Web sessions. */
@NullMarked
package io.vedfolnir.session;

import org.jspecify.annotations.NullMarked;
