// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.vedfolnir.testkit.python;

import org.jspecify.annotations.NullMarked;
