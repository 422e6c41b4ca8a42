package dev.leveret.testkit.local;

import java.nio.file.Path;
import java.util.List;

/**
 * A private node's listener for TLS. Files are PEM, and the node reads them as long as it lives.
 *
 * @param certificate the node's certificate
 * @param key its private key
 * @param clientAuthority who has to have issued a client's certificate
 * @param clientCertificateRequired whether a client without one is sent away
 */
public record TlsListener(Path certificate, Path key, Path clientAuthority, boolean clientCertificateRequired) {

    /** Beside the plug-ins, in what a node has ports for. */
    static final String NAME = "tls";

    List<String> configLines(int port) {
        return List.of(
                "listeners.ssl.1 = 127.0.0.1:" + port,
                "ssl_options.cacertfile = " + clientAuthority.toAbsolutePath(),
                "ssl_options.certfile = " + certificate.toAbsolutePath(),
                "ssl_options.keyfile = " + key.toAbsolutePath(),
                "ssl_options.verify = verify_peer",
                "ssl_options.fail_if_no_peer_cert = " + clientCertificateRequired);
    }
}
