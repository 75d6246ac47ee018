// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vedfolnir.testkit.Credentials;
import io.vedfolnir.testkit.RedisEndpoint;
import io.vedfolnir.testkit.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what MONITOR says: every command that the server runs, in its order. */
final class Monitor implements AutoCloseable {

  private static final Pattern ARGUMENT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

  private final Socket socket;
  private final BufferedReader lines;

  private Monitor(Socket socket) throws IOException {
    this.socket = socket;
    this.lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  static Monitor open(RedisEndpoint endpoint) throws IOException {
    Socket socket = new Socket(endpoint.host(), endpoint.port());
    socket.setSoTimeout(5_000);
    Monitor monitor = new Monitor(socket);
    Credentials test = endpoint.credentials(Role.TEST);
    monitor.send("AUTH " + test.user() + " " + test.password());
    monitor.send("MONITOR");
    return monitor;
  }

  private void send(String command) throws IOException {
    socket.getOutputStream().write((command + "\r\n").getBytes(UTF_8));
    String reply = lines.readLine();
    if (!"+OK".equals(reply)) {
      throw new IOException("the server said " + reply);
    }
  }

  /** The commands that name the marker, up to the one with {@code end} as its argument. */
  List<String> until(String end) throws IOException {
    List<String> commands = new ArrayList<>();
    while (true) {
      String command = String.join(" ", words(lines.readLine()));
      if (command.endsWith(end)) {
        return commands;
      }
      commands.add(command);
    }
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher matcher = ARGUMENT.matcher(line);
    while (matcher.find()) {
      words.add(matcher.group(1));
    }
    return words;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
