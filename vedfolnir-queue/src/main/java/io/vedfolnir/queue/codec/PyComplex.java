// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

/**
 * A Python complex number.
 *
 * @param real the real part
 * @param imaginary the imaginary part
 */
public record PyComplex(double real, double imaginary) {}
