package dev.leveret.amqp.api;

import dev.leveret.amqp.api.TlsException.Reason;
import java.net.Socket;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Has the JDK check the broker's certificate, and finds the words for why it is refused. */
final class ServerCertificateCheck extends X509ExtendedTrustManager {

    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private final X509ExtendedTrustManager jdk;

    ServerCertificateCheck(X509ExtendedTrustManager jdk) {
        this.jdk = jdk;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            jdk.checkServerTrusted(chain, authType, engine);
        } catch (CertificateException e) {
            throw new CertificateException(refusal(chain, authType, engine.getPeerHost(), e));
        }
    }

    private TlsException refusal(
            X509Certificate[] chain, String authType, @Nullable String host, CertificateException cause) {
        X509Certificate certificate = chain[0];
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof CertificateExpiredException) {
                return new TlsException(
                        Reason.EXPIRED, "the broker's certificate has expired: " + validity(chain, true), cause);
            }
            if (each instanceof CertificateNotYetValidException) {
                return new TlsException(
                        Reason.NOT_YET_VALID,
                        "the broker's certificate is not valid yet: " + validity(chain, false)
                                + "; is the clock of this machine right?",
                        cause);
            }
            if (each instanceof CertPathBuilderException) {
                boolean selfSigned = certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
                return new TlsException(
                        Reason.UNTRUSTED_ISSUER,
                        "the broker's certificate " + subject(certificate) + " is not trusted: "
                                + (selfSigned
                                        ? "it is self-signed"
                                        : "its issuer "
                                                + chain[chain.length - 1]
                                                        .getIssuerX500Principal()
                                                        .getName() + " is not among the trusted ones")
                                + "; trust the certificate authority that issued it",
                        cause);
            }
        }
        if (cause.getCause() == null && isTrustedButForTheHost(chain, authType)) {
            return new TlsException(
                    Reason.WRONG_HOST,
                    "the broker's certificate is not for host '" + host + "': it is for " + names(certificate)
                            + "; connect by one of these names, or set it as the server name",
                    cause);
        }
        return new TlsException(
                Reason.UNFIT_CERTIFICATE,
                "the broker's certificate " + subject(certificate) + " is refused: " + cause.getMessage(),
                cause);
    }

    private boolean isTrustedButForTheHost(X509Certificate[] chain, String authType) {
        try {
            jdk.checkServerTrusted(chain, authType);
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    private static String validity(X509Certificate[] chain, boolean end) {
        Date now = new Date();
        for (X509Certificate each : chain) {
            if (end ? each.getNotAfter().before(now) : each.getNotBefore().after(now)) {
                return subject(each) + " is valid "
                        + (end
                                ? "until " + each.getNotAfter().toInstant()
                                : "from " + each.getNotBefore().toInstant());
            }
        }
        return subject(chain[0]);
    }

    static String subject(X509Certificate certificate) {
        return "'" + certificate.getSubjectX500Principal().getName() + "'";
    }

    /** The names that a certificate is for. */
    static String names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> each : alternatives) {
                    if (each.get(0) instanceof Integer kind && (kind == DNS_NAME || kind == IP_ADDRESS)) {
                        names.add(String.valueOf(each.get(1)));
                    }
                }
            }
        } catch (CertificateParsingException e) {
            return "names that cannot be read (" + e.getMessage() + ")";
        }
        return names.isEmpty()
                ? "no host by an alternative name, its subject is " + subject(certificate)
                : String.join(", ", names);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        jdk.checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        jdk.checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        jdk.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        jdk.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        jdk.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return jdk.getAcceptedIssuers();
    }
}
