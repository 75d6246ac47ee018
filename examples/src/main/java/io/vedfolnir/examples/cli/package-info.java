// SPDX-License-Identifier: Apache-2.0

/**
 * A command line on sessions and jobs: JSON on standard output, messages on standard error.
 *
 * <p>Start at {@link io.vedfolnir.examples.cli.Examples}; {@link
 * io.vedfolnir.examples.cli.ExitCode} has the exit codes.
 */
@NullMarked
package io.vedfolnir.examples.cli;

import org.jspecify.annotations.NullMarked;
