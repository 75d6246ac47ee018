// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

/**
 * How much a payload may ask of us before it is refused.
 *
 * @param maxInput bytes as stored in Redis (before base64 is undone and zlib inflated). Default 16
 *     MiB; 1 KiB to 512 MiB.
 * @param maxInflated bytes after inflating, and bytes that a decoder may produce from them. Default
 *     64 MiB; 1 KiB to 1 GiB.
 * @param maxRatio inflated size over stored size, looked at above 1 MiB inflated. Default 200; 2 to
 *     1100 (zlib itself cannot exceed 1032).
 * @param maxDepth containers inside containers. Default 200; 4 to 1000.
 * @param maxNodes values in the whole tree, where a value that is referred to twice counts twice.
 *     Default 1,000,000; 4 to 100,000,000.
 * @param maxDigits decimal digits of one number. Default 4300, as in CPython; 20 to 1,000,000.
 */
public record PayloadLimits(
    int maxInput, int maxInflated, int maxRatio, int maxDepth, int maxNodes, int maxDigits) {

  /** Inflated bytes below which the ratio is not looked at. */
  static final int RATIO_FLOOR = 1 << 20;

  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;

  /** Checks every bound. */
  public PayloadLimits {
    requireBetween("maxInput", maxInput, KIB, 512 * MIB);
    requireBetween("maxInflated", maxInflated, KIB, 1024 * MIB);
    requireBetween("maxRatio", maxRatio, 2, 1100);
    requireBetween("maxDepth", maxDepth, 4, 1000);
    requireBetween("maxNodes", maxNodes, 4, 100_000_000);
    requireBetween("maxDigits", maxDigits, 20, 1_000_000);
  }

  /** The limits named above as defaults. */
  public static PayloadLimits defaults() {
    return new PayloadLimits(16 * MIB, 64 * MIB, 200, 200, 1_000_000, 4300);
  }

  /** These limits with another stored size, in bytes. */
  public PayloadLimits withMaxInput(int bytes) {
    return new PayloadLimits(bytes, maxInflated, maxRatio, maxDepth, maxNodes, maxDigits);
  }

  /** These limits with another inflated size, in bytes. */
  public PayloadLimits withMaxInflated(int bytes) {
    return new PayloadLimits(maxInput, bytes, maxRatio, maxDepth, maxNodes, maxDigits);
  }

  /** These limits with another ratio of inflated to stored size. */
  public PayloadLimits withMaxRatio(int ratio) {
    return new PayloadLimits(maxInput, maxInflated, ratio, maxDepth, maxNodes, maxDigits);
  }

  /** These limits with another depth. */
  public PayloadLimits withMaxDepth(int depth) {
    return new PayloadLimits(maxInput, maxInflated, maxRatio, depth, maxNodes, maxDigits);
  }

  /** These limits with another number of values. */
  public PayloadLimits withMaxNodes(int nodes) {
    return new PayloadLimits(maxInput, maxInflated, maxRatio, maxDepth, nodes, maxDigits);
  }

  /** These limits with another number of digits. */
  public PayloadLimits withMaxDigits(int digits) {
    return new PayloadLimits(maxInput, maxInflated, maxRatio, maxDepth, maxNodes, digits);
  }

  /** Bits that a number of {@link #maxDigits} digits needs, rounded up. */
  long maxBits() {
    return maxDigits * 3322L / 1000 + 1;
  }

  private static void requireBetween(String name, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          name + " is " + value + "; choose a value from " + low + " to " + high);
    }
  }
}
