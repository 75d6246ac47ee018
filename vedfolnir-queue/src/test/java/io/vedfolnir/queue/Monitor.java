// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import io.vedfolnir.testkit.Credentials;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records what the server is asked to do, through MONITOR. */
public final class Monitor implements AutoCloseable {

  private final Socket socket;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  public Monitor(RedisEndpoint endpoint) throws IOException {
    socket = new Socket(endpoint.host(), endpoint.port());
    Credentials user = endpoint.credentials(Role.TEST);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    ask(in, "AUTH " + user.user() + " " + user.password());
    ask(in, "MONITOR");
    Thread reader = new Thread(() -> read(in), "monitor");
    reader.setDaemon(true);
    reader.start();
  }

  private void ask(BufferedReader in, String command) throws IOException {
    socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
    String reply = in.readLine();
    if (!"+OK".equals(reply)) {
      throw new IOException("refused: " + reply);
    }
  }

  private void read(BufferedReader in) {
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      if (!socket.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The commands so far, without time and client: {@code "HSET" "key" …}. */
  public List<String> commands() {
    return lines.stream()
        .map(line -> line.substring(line.indexOf(']') + 2))
        .filter(line -> !line.startsWith("\"AUTH\"") && !line.startsWith("\"HELLO\""))
        .toList();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
