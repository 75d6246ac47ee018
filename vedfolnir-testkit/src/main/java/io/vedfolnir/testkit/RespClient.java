// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The testkit's own short conversations with a server: one command, one reply, over a plain socket.
 * It keeps the server's start free of the time that a full client takes to load. Not thread-safe.
 */
final class RespClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  private RespClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** Connects and authenticates; each later reply may take as long as {@code timeout}. */
  static RespClient connect(String host, int port, Credentials who, Duration timeout)
      throws IOException {
    Socket socket = new Socket();
    try {
      int millis = Math.toIntExact(timeout.toMillis());
      socket.connect(new InetSocketAddress(InetAddress.getAllByName(host)[0], port), millis);
      socket.setSoTimeout(millis);
      socket.setTcpNoDelay(true);
      RespClient client = new RespClient(socket);
      if (!who.password().isEmpty()) {
        if (who.user().isEmpty()) {
          client.call("AUTH", who.password());
        } else {
          client.call("AUTH", who.user(), who.password());
        }
      }
      return client;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends a command; gives a String, a Long, a List of these, or null; throws error replies. */
  @Nullable Object call(String... words) throws IOException {
    send(words);
    return read();
  }

  /** Sends a command and does not wait for its reply. */
  void send(String... words) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(("*" + words.length + "\r\n").getBytes(UTF_8));
    for (String word : words) {
      byte[] bytes = word.getBytes(UTF_8);
      request.writeBytes(("$" + bytes.length + "\r\n").getBytes(UTF_8));
      request.writeBytes(bytes);
      request.writeBytes("\r\n".getBytes(UTF_8));
    }
    socket.getOutputStream().write(request.toByteArray());
  }

  /** As {@link #call}, for commands that reply with text. */
  String text(String... words) throws IOException {
    return String.valueOf(call(words));
  }

  /** As {@link #call}, for commands that reply with an array. */
  List<?> list(String... words) throws IOException {
    return call(words) instanceof List<?> list ? list : List.of();
  }

  /** The next message; for connections that subscribe. */
  @Nullable Object read() throws IOException {
    String line = line();
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case '+' -> rest;
      case '-' -> throw new ErrorReply(rest);
      case ':' -> Long.valueOf(rest);
      case '$' -> bulk(Integer.parseInt(rest));
      case '*' -> array(Integer.parseInt(rest));
      default -> throw new IOException("not a Redis reply");
    };
  }

  private @Nullable String bulk(int length) throws IOException {
    if (length < 0) {
      return null;
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length || in.readNBytes(2).length < 2) {
      throw new EOFException("the server closed the connection");
    }
    return new String(bytes, UTF_8);
  }

  private @Nullable List<@Nullable Object> array(int size) throws IOException {
    if (size < 0) {
      return null;
    }
    List<@Nullable Object> elements = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      elements.add(read());
    }
    return elements;
  }

  private String line() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (b != '\r') {
        bytes.write(b);
      }
    }
    if (bytes.size() == 0) {
      throw new IOException("not a Redis reply");
    }
    return bytes.toString(UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** A reply that begins with a minus sign. */
  static final class ErrorReply extends IOException {
    private static final long serialVersionUID = 1L;

    ErrorReply(String message) {
      super(message);
    }
  }
}
