// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** A TLS door in front of a plain Redis, with a certificate of its own making. */
final class TlsFront implements AutoCloseable {

  private static final String PASSWORD = "changeit";

  private final SSLServerSocket listening;
  private final Path certificate;

  private TlsFront(SSLServerSocket listening, Path certificate) {
    this.listening = listening;
    this.certificate = certificate;
  }

  static TlsFront start(Path dir, String certifiedHost, String host, int port) throws Exception {
    Path store = dir.resolve("keys.p12");
    List<String> keytool =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "front",
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + certifiedHost,
            "-ext",
            "SAN=dns:" + certifiedHost,
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-keystore",
            store.toString(),
            "-storepass",
            PASSWORD);
    Process made = new ProcessBuilder(keytool).redirectErrorStream(true).start();
    assertThat(made.waitFor()).isZero();

    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    Path pem = dir.resolve("certificate.pem");
    String encoded =
        Base64.getMimeEncoder().encodeToString(keys.getCertificate("front").getEncoded());
    Files.writeString(
        pem, "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n");

    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    SSLServerSocket listening =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    TlsFront front = new TlsFront(listening, pem);
    daemon(() -> front.accept(host, port));
    return front;
  }

  int port() {
    return listening.getLocalPort();
  }

  Path certificate() {
    return certificate;
  }

  private void accept(String host, int port) {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Socket server = new Socket(host, port);
        daemon(() -> copy(client, server));
        daemon(() -> copy(server, client));
      } catch (IOException closed) {
        // the next round sees whether it is over
      }
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException closed) {
      // one side went away, and the other goes with it
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "tls-front");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
