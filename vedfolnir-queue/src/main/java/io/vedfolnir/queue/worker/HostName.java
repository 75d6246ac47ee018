// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The name of this machine, as far as it is known. */
final class HostName {

  private HostName() {}

  static String get() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
