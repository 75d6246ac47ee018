// SPDX-License-Identifier: Apache-2.0

/** The ground floor of sessions and jobs: connections, transactions, server time, failures. */
@NullMarked
package io.vedfolnir.redis;

import org.jspecify.annotations.NullMarked;
