package dev.leveret.amqp.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** An authority of a test's own and what it issues: good certificates and bad ones. */
public final class TestCertificates {

    public static final char[] STORE_PASSWORD = "st0re-pa55".toCharArray();

    private static final Duration DAY = Duration.ofDays(1);

    /** A certificate with its private key, and who issued it. */
    public record Identity(X509Certificate certificate, KeyPair keys) {

        /** Writes {@code name.pem} and {@code name.key} (PKCS #8). */
        public Identity write(Path directory, String name) {
            writePem(directory.resolve(name + ".pem"), certificate);
            try {
                writePem(directory.resolve(name + ".key"), new JcaPKCS8Generator(keys.getPrivate(), null));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return this;
        }

        /** A key store file with this in it. */
        public Path store(Path file, String type) {
            try (OutputStream out = Files.newOutputStream(file)) {
                keyStore(type).store(out, STORE_PASSWORD);
                return file;
            } catch (IOException | GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        KeyStore keyStore(String type) throws IOException, GeneralSecurityException {
            KeyStore store = KeyStore.getInstance(type);
            store.load(null, STORE_PASSWORD);
            store.setKeyEntry("it", keys.getPrivate(), STORE_PASSWORD, new X509Certificate[] {certificate});
            return store;
        }

        /** A server's context with this certificate. */
        public SSLContext server(X509Certificate @Nullable ... clientAuthorities) {
            try {
                KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                keys.init(keyStore("PKCS12"), STORE_PASSWORD);
                TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trust.init(trustStore(clientAuthorities));
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
                return context;
            } catch (IOException | GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** What a certificate is to be like. */
    public static final class Wish {
        private final String commonName;
        private List<String> names = List.of();
        private Instant from = Instant.now().minus(DAY);
        private Instant until = Instant.now().plus(DAY.multipliedBy(30));
        private KeyPurposeId usage = KeyPurposeId.id_kp_serverAuth;

        private Wish(String commonName) {
            this.commonName = commonName;
        }

        /** DNS names and IP addresses. */
        public Wish names(String... values) {
            names = Arrays.asList(values);
            return this;
        }

        public Wish expired() {
            from = Instant.now().minus(DAY.multipliedBy(2));
            until = Instant.now().minus(DAY);
            return this;
        }

        public Wish notYet() {
            from = Instant.now().plus(DAY);
            return this;
        }

        public Wish forClients() {
            usage = KeyPurposeId.id_kp_clientAuth;
            return this;
        }
    }

    private final Identity authority;

    private TestCertificates(Identity authority) {
        this.authority = authority;
    }

    /** A new authority. */
    public static TestCertificates authority(String commonName) {
        KeyPair keys = keys("EC");
        return new TestCertificates(issue(new Wish(commonName), keys, keys, new X500Name("CN=" + commonName), true));
    }

    /** A good certificate is for these. */
    public static Wish localhost() {
        return new Wish("leveret test broker").names("localhost", "127.0.0.1");
    }

    public static Wish subject(String commonName) {
        return new Wish(commonName);
    }

    public Identity issue(Wish wish) {
        return issue(wish, keys("EC"));
    }

    /** The same for a key of another kind. */
    public Identity issue(Wish wish, KeyPair keys) {
        return issue(
                wish,
                keys,
                authority.keys,
                new X500Name(authority.certificate.getSubjectX500Principal().getName()),
                false);
    }

    public static Identity selfSigned(Wish wish) {
        KeyPair keys = keys("EC");
        return issue(wish, keys, keys, new X500Name("CN=" + wish.commonName), false);
    }

    public X509Certificate certificate() {
        return authority.certificate;
    }

    /** Writes the authority's certificate. */
    public Path write(Path file) {
        writePem(file, authority.certificate);
        return file;
    }

    /** A key store of trusted certificates. */
    public Path store(Path file, String type) {
        try (OutputStream out = Files.newOutputStream(file)) {
            KeyStore store = KeyStore.getInstance(type);
            store.load(null, STORE_PASSWORD);
            store.setCertificateEntry("authority", authority.certificate);
            store.store(out, STORE_PASSWORD);
            return file;
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public static KeyPair keys(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else if (algorithm.equals("RSA")) {
                generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Writes an object in PEM. */
    public static void writePem(Path file, Object object) {
        StringWriter text = new StringWriter();
        try {
            try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
                pem.writeObject(object);
            }
            Files.writeString(file, text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KeyStore trustStore(X509Certificate @Nullable [] certificates)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, STORE_PASSWORD);
        for (X509Certificate each : certificates == null ? new X509Certificate[0] : certificates) {
            store.setCertificateEntry(each.getSubjectX500Principal().getName(), each);
        }
        return store;
    }

    private static String signature(KeyPair keys) {
        return keys.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    }

    private static Identity issue(Wish wish, KeyPair keys, KeyPair issuerKeys, X500Name issuer, boolean authority) {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(64, new SecureRandom()),
                Date.from(wish.from),
                Date.from(wish.until),
                new X500Name("CN=" + wish.commonName),
                keys.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(authority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
            if (!authority) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(wish.usage));
            }
            if (!wish.names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(wish.names.stream()
                                .map(TestCertificates::generalName)
                                .toArray(GeneralName[]::new)));
            }
            X509Certificate certificate = new JcaX509CertificateConverter()
                    .getCertificate(builder.build(
                            new JcaContentSignerBuilder(signature(issuerKeys)).build(issuerKeys.getPrivate())));
            return new Identity(certificate, keys);
        } catch (CertIOException | GeneralSecurityException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }

    private static GeneralName generalName(String name) {
        boolean address = name.matches("[0-9.]+") || name.indexOf(':') >= 0;
        try {
            return address
                    ? new GeneralName(
                            GeneralName.iPAddress, InetAddress.getByName(name).getHostAddress())
                    : new GeneralName(GeneralName.dNSName, name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
