// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The certificates of a {@code rediss://} connection; the server's certificate and host name are
 * always verified, and only TLS 1.2 and 1.3 are spoken.
 *
 * @param trusted PEM file with the certificates of the authorities to trust. Default: those of the
 *     JVM.
 * @param certificate PEM file with the client's certificate chain. Default: none. Needs {@code
 *     key}.
 * @param key PEM file with the client's private key (PKCS#8, not encrypted). Needs {@code
 *     certificate}.
 */
public record TlsSettings(Optional<Path> trusted, Optional<Path> certificate, Optional<Path> key) {

  /** Checks that certificate and key come together. */
  public TlsSettings {
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException(
          "a client certificate and its key belong together: set both or neither");
    }
  }

  /** The JVM's authorities and no client certificate. */
  public static TlsSettings defaults() {
    return new TlsSettings(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Trusts the authorities in this PEM file instead of the JVM's. */
  public TlsSettings withTrusted(Path pem) {
    return new TlsSettings(Optional.of(pem), certificate, key);
  }

  /** Presents this client certificate. */
  public TlsSettings withCertificate(Path certificatePem, Path keyPem) {
    return new TlsSettings(trusted, Optional.of(certificatePem), Optional.of(keyPem));
  }
}
