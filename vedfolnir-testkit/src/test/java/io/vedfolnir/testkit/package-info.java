// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.vedfolnir.testkit;

import org.jspecify.annotations.NullMarked;
