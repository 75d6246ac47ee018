// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

/** What happens to a Python class or function that is not on the allow-list. */
public enum Trust {
  /** It refuses the payload: a handler must not run on half of its arguments. */
  ARGUMENTS,
  /** It becomes an inert {@link PyOpaque}: a result is looked at, not acted upon. */
  RESULT
}
