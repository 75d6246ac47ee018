// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Asks a server whether it is ready to work. */
final class ReadyProbe {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private ReadyProbe() {}

  /**
   * Whether the server lets the test user in and answers PING. A refused, cut or silent connection
   * and a server that still loads its data are "not yet".
   *
   * @throws IOException if it answers, and it is not the server that was asked for
   */
  static boolean answers(RedisEndpoint endpoint) throws IOException {
    try (RespClient client =
        RespClient.connect(
            endpoint.host(), endpoint.port(), endpoint.credentials(Role.TEST), PATIENCE)) {
      return client.text("PING").equals("PONG");
    } catch (RespClient.ErrorReply e) {
      String message = String.valueOf(e.getMessage());
      if (message.startsWith("LOADING") || message.startsWith("MASTERDOWN")) {
        return false;
      }
      throw e;
    } catch (SocketException | SocketTimeoutException | EOFException e) {
      return false;
    }
  }
}
