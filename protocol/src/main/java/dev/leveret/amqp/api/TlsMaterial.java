package dev.leveret.amqp.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where certificates and keys come from, read as often as they are asked for. */
final class TlsMaterial {

    /** A file, or what a stream had in it. */
    interface Source {

        byte[] read() throws IOException;

        static Source of(Path file) {
            return new Source() {
                @Override
                public byte[] read() throws IOException {
                    return Files.readAllBytes(file);
                }

                @Override
                public String toString() {
                    return file.toString();
                }
            };
        }

        static Source of(String what, InputStream stream) throws IOException {
            byte[] bytes = stream.readAllBytes();
            return new Source() {
                @Override
                public byte[] read() {
                    return bytes;
                }

                @Override
                public String toString() {
                    return "the stream of the " + what;
                }
            };
        }
    }

    private static final char[] NO_PASSWORD = {};
    private static final int JKS = 0xFEEDFEED;

    private TlsMaterial() {}

    /** A key store without keys, of the certificates in PEM. */
    static KeyStore trusted(byte[] pem) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        int number = 0;
        for (X509Certificate certificate : new PemFile(pem).certificates()) {
            store.setCertificateEntry("trusted-" + number++, certificate);
        }
        return store;
    }

    /** A key store of one key, with the password that opens it here. */
    static KeyStore keyed(byte[] chainPem, byte[] keyPem, char @Nullable [] password, char[] storePassword)
            throws GeneralSecurityException, IOException {
        List<X509Certificate> chain = new PemFile(chainPem).certificates();
        PrivateKey key = new PemFile(keyPem).privateKey(password);
        requireMatch(chain.get(0), key);
        KeyStore store = empty();
        store.setKeyEntry("client", key, storePassword, chain.toArray(X509Certificate[]::new));
        return store;
    }

    /** PKCS #12 or JKS, told apart by their first bytes. */
    static KeyStore store(byte[] bytes, char @Nullable [] password) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(isJks(bytes) ? "JKS" : "PKCS12");
        store.load(new ByteArrayInputStream(bytes), password);
        if (store.size() == 0) {
            // What the JDK does with a PKCS #12 file whose certificates are encrypted, when it has no password for
            // them.
            throw new GeneralSecurityException("it has no entries: does it need a password?");
        }
        return store;
    }

    private static boolean isJks(byte[] bytes) {
        return bytes.length >= 4 && java.nio.ByteBuffer.wrap(bytes).getInt() == JKS;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    /** Files that are replaced one after the other do not fit together for a moment. */
    private static void requireMatch(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
            default -> null;
        };
        if (algorithm == null) {
            return;
        }
        byte[] probe = {1, 2, 3};
        boolean matches;
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(probe);
            matches = signature.verify(signed);
        } catch (java.security.InvalidKeyException | java.security.SignatureException e) {
            matches = false; // keys of different kinds
        }
        if (!matches) {
            throw new GeneralSecurityException(
                    "the private key is not the one of the certificate " + ServerCertificateCheck.subject(certificate));
        }
    }
}
