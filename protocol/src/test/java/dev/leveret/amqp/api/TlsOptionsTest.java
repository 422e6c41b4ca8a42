package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leveret.amqp.api.TlsException.Reason;
import dev.leveret.amqp.testing.TestCertificates;
import dev.leveret.amqp.testing.TestCertificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsOptionsTest {

    private static final TestCertificates CA = TestCertificates.authority("Leveret test authority");

    @TempDir
    Path files;

    private TlsException failing(TlsOptions.Builder options) {
        TlsException failure =
                catchThrowableOfType(TlsException.class, () -> options.build().sslContext());
        assertThat(failure).as("a failure").isNotNull();
        assertThat(failure.reason()).isEqualTo(Reason.MATERIAL);
        return failure;
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(files.resolve(name), content);
    }

    // ---- what cannot be used --------------------------------------------------------------------------------------

    @Test
    void filesThatAreMissingEmptyOrOfAnotherKindAreNamed() throws IOException {
        Path empty = file("empty", "");
        Path nonsense = file("nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Path noBase64 = file("no-base64", "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n");
        Identity client = CA.issue(TestCertificates.subject("c").forClients()).write(files, "c");
        Path chain = files.resolve("c.pem");
        assertThat(failing(TlsOptions.builder().trustCertificates(files.resolve("gone"))))
                .hasMessageContaining("gone");
        assertThat(failing(TlsOptions.builder().trustCertificates(empty))).hasMessageContaining("no certificate in it");
        for (Path bad : List.of(nonsense, noBase64)) {
            assertThat(failing(TlsOptions.builder().trustCertificates(bad))).hasMessageContaining(bad.toString());
        }
        assertThat(failing(TlsOptions.builder().trustStore(nonsense, null))).hasMessageContaining("nonsense");
        assertThat(failing(TlsOptions.builder().clientCertificate(chain, empty)))
                .hasMessageContaining("no private key in it");
        assertThat(failing(TlsOptions.builder().clientCertificate(empty, files.resolve("c.key"))))
                .hasMessageContaining("no certificate in it");
        Path store = client.store(files.resolve("c.p12"), "PKCS12");
        assertThat(failing(TlsOptions.builder().keyStore(store, "wrong".toCharArray())))
                .hasMessageContaining("c.p12")
                .hasMessageContaining("password");
        assertThat(failing(TlsOptions.builder().trustStore(CA.store(files.resolve("ca.p12"), "PKCS12"), null)))
                .hasMessageContaining("password");
    }

    @Test
    void aKeyThatIsNotTheCertificatesIsRefused() {
        CA.issue(TestCertificates.subject("one")).write(files, "one");
        CA.issue(TestCertificates.subject("two")).write(files, "two");
        CA.issue(TestCertificates.subject("three"), TestCertificates.keys("RSA"))
                .write(files, "three");
        for (String other : List.of("two", "three")) {
            assertThat(failing(TlsOptions.builder()
                            .clientCertificate(files.resolve("one.pem"), files.resolve(other + ".key"))))
                    .hasMessageContaining("not the one of the certificate 'CN=one'")
                    .hasMessageContaining(other + ".key");
        }
    }

    @Test
    void optionsThatContradictEachOtherAreRefused() throws Exception {
        SSLContext context = SSLContext.getDefault();
        Path any = Path.of("x");
        for (TlsOptions.Builder builder : List.of(
                TlsOptions.builder().sslContext(context).trustCertificates(any),
                TlsOptions.builder().sslContext(context).trustEverythingInsecurely(),
                TlsOptions.builder().sslContext(context).clientCertificate(any, any),
                TlsOptions.builder().trustStore(any, null).trustCertificates(any),
                TlsOptions.builder().keyStore(any, null).clientCertificate(any, any))) {
            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("in more than one way");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.1", "TLSv1", "SSLv3", "tlsv1.3", ""})
    void oldVersionsCannotBeAskedFor(String version) {
        assertThatThrownBy(() -> TlsOptions.builder().protocols(version))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + version + "'");
        assertThatThrownBy(() -> TlsOptions.builder().protocols()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHandshakeTakesAPositiveTime() {
        for (Duration wrong :
                List.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofSeconds(-1), Duration.ofDays(99))) {
            assertThatThrownBy(() -> TlsOptions.builder().handshakeTimeout(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("handshakeTimeout");
        }
    }

    // ---- keys in PEM ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"RSA, RSA PRIVATE KEY", "EC, EC PRIVATE KEY", "Ed25519, PRIVATE KEY"})
    void theOlderFormsOfKeysAreRead(String algorithm, String type) throws Exception {
        KeyPair keys = TestCertificates.keys(algorithm);
        CA.issue(TestCertificates.subject("c").forClients(), keys).write(files, "c");
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(keys.getPrivate().getEncoded());
        byte[] der = type.equals("PRIVATE KEY")
                ? info.getEncoded()
                : info.parsePrivateKey().toASN1Primitive().getEncoded();
        if (algorithm.equals("EC")) {
            // With the curve's name, as OpenSSL writes it.
            org.bouncycastle.asn1.sec.ECPrivateKey sec1 = org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(der);
            der = new org.bouncycastle.asn1.sec.ECPrivateKey(
                            256, sec1.getKey(), info.getPrivateKeyAlgorithm().getParameters())
                    .getEncoded();
        }
        Path key = files.resolve("old.key");
        TestCertificates.writePem(key, new PemObject(type, der));
        assertThat(Files.readString(key)).contains("BEGIN " + type);
        TlsOptions.builder()
                .clientCertificate(files.resolve("c.pem"), key)
                .build()
                .sslContext();
    }

    @Test
    void anEncryptedKeyWantsItsPassword() throws Exception {
        Identity client = CA.issue(TestCertificates.subject("c").forClients()).write(files, "c");
        Path key = files.resolve("encrypted.key");
        TestCertificates.writePem(
                key,
                new JcaPKCS8Generator(
                        client.keys().getPrivate(),
                        new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                                .setPassword("s3cret".toCharArray())
                                .setProvider(new BouncyCastleProvider())
                                .setPRF(PKCS8Generator.PRF_HMACSHA256)
                                .build()));
        Path chain = files.resolve("c.pem");
        assertThat(Files.readString(key)).contains("BEGIN ENCRYPTED PRIVATE KEY");
        TlsOptions.builder()
                .clientCertificate(chain, key, "s3cret".toCharArray())
                .build()
                .sslContext();
        assertThat(failing(TlsOptions.builder().clientCertificate(chain, key)))
                .hasMessageContaining("no password is configured");
        assertThat(failing(TlsOptions.builder().clientCertificate(chain, key, "wr0ng".toCharArray())))
                .hasMessageContaining("is the password right?")
                .hasMessageNotContaining("wr0ng");
    }

    @Test
    void aKeyThatOnlyOpenSslReadsComesWithTheRemedy() throws IOException {
        CA.issue(TestCertificates.subject("c").forClients()).write(files, "c");
        Path key = file(
                "legacy.key",
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        assertThat(failing(TlsOptions.builder().clientCertificate(files.resolve("c.pem"), key)))
                .hasMessageContaining("openssl pkcs8 -topk8");
    }

    // ---- what is made of them -------------------------------------------------------------------------------------

    @Test
    void aContextIsKeptUntilAFileChanges() {
        Path ca = CA.write(files.resolve("ca.pem"));
        TlsOptions options = TlsOptions.builder().trustCertificates(ca).build();
        SSLContext first = options.sslContext();
        assertThat(options.sslContext()).isSameAs(first);
        TestCertificates.authority("The next one").write(ca);
        assertThat(options.sslContext()).isNotSameAs(first);
    }

    @Test
    void enginesSpeakOnlyNewVersionsAndCheckTheHost() throws Exception {
        TlsOptions options = TlsOptions.defaults();
        SSLEngine engine = options.engine(SSLContext.getDefault(), "my_broker", 5671);
        assertThat(engine.getUseClientMode()).isTrue();
        assertThat(engine.getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
        assertThat(engine.getSSLParameters().getEndpointIdentificationAlgorithm())
                .isEqualTo("HTTPS");
        assertThat(engine.getSSLParameters().getServerNames())
                .as("no name that SNI can carry")
                .isEmpty();
        assertThat(options.engine(SSLContext.getDefault(), "mq.example.", 5671)
                        .getSSLParameters()
                        .getServerNames())
                .hasSize(1);
    }

    @Test
    void theTextOfOptionsTellsWhatIsNotChecked() {
        assertThat(TlsOptions.builder().trustEverythingInsecurely().build().toString())
                .contains("EVERYTHING", "NOT CHECKED");
        assertThat(TlsOptions.builder()
                        .withoutHostNameCheckInsecurely()
                        .keyStore(Path.of("k.p12"), "s3cret".toCharArray())
                        .build()
                        .toString())
                .contains("NOT CHECKED", "k.p12")
                .doesNotContain("s3cret");
    }
}
