// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

/**
 * A prefix for keys that no other test uses, such as {@code t3f9a1c2b4d5e:}. Keys under an injected
 * prefix are deleted after the test.
 *
 * @param value the prefix itself, ending with a colon
 */
public record KeyPrefix(String value) {

  static KeyPrefix random() {
    return new KeyPrefix("t" + Secrets.hex(6) + ":");
  }

  /** The prefix followed by a name. */
  public String key(String name) {
    return value + name;
  }

  @Override
  public String toString() {
    return value;
  }
}
