package dev.leveret.amqp.api;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What is in a PEM file (RFC 7468): certificates, and one private key as PKCS #8, encrypted or not, or in the older forms
 * of its own for RSA (PKCS #1) and elliptic curves (SEC 1).
 */
final class PemFile {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    private static final byte[] PKCS8_VERSION = {0x02, 0x01, 0x00};
    /** rsaEncryption with its NULL. */
    private static final byte[] RSA = {
        0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    /** id-ecPublicKey, which the curve follows. */
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int EC_CURVE = 0xa0;

    private record Block(String type, String body) {}

    private final List<Block> blocks = new ArrayList<>();

    PemFile(byte[] file) {
        Matcher found = BLOCK.matcher(new String(file, StandardCharsets.ISO_8859_1));
        while (found.find()) {
            blocks.add(new Block(found.group(1), found.group(2)));
        }
    }

    /** The certificates, in the order of the file. */
    List<X509Certificate> certificates() throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks) {
            if (block.type.equals("CERTIFICATE") || block.type.equals("X509 CERTIFICATE")) {
                certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der(block))));
            }
        }
        if (certificates.isEmpty()) {
            throw new GeneralSecurityException(
                    "there is no certificate in it: no line says -----BEGIN CERTIFICATE-----");
        }
        return certificates;
    }

    /** The private key. */
    PrivateKey privateKey(char @Nullable [] password) throws GeneralSecurityException {
        for (Block block : blocks) {
            if (block.type.endsWith("PRIVATE KEY")) {
                byte[] pkcs8 = pkcs8(block, password);
                try {
                    return privateKey(pkcs8);
                } finally {
                    Arrays.fill(pkcs8, (byte) 0);
                }
            }
        }
        throw new GeneralSecurityException("there is no private key in it: no line says -----BEGIN PRIVATE KEY-----");
    }

    private static byte[] pkcs8(Block block, char @Nullable [] password) throws GeneralSecurityException {
        if (block.body.contains("Proc-Type")) {
            throw new GeneralSecurityException("its private key is encrypted in a way that only OpenSSL reads; write it"
                    + " as PKCS #8: openssl pkcs8 -topk8 -in old.pem -out new.pem");
        }
        byte[] der = der(block);
        return switch (block.type) {
            case "PRIVATE KEY" -> der;
            case "ENCRYPTED PRIVATE KEY" -> decrypted(der, password);
            case "RSA PRIVATE KEY" -> sequence(PKCS8_VERSION, sequence(RSA), wrap(OCTET_STRING, der));
            case "EC PRIVATE KEY" -> sequence(PKCS8_VERSION, sequence(EC, curve(der)), wrap(OCTET_STRING, der));
            default ->
                throw new GeneralSecurityException("its private key is of a kind that is not known here: " + block.type
                        + "; write it as PKCS #8: openssl pkcs8 -topk8");
        };
    }

    private static byte[] decrypted(byte[] der, char @Nullable [] password) throws GeneralSecurityException {
        if (password == null) {
            throw new GeneralSecurityException("its private key is encrypted, and no password is configured");
        }
        try {
            EncryptedPrivateKeyInfo encrypted = new EncryptedPrivateKeyInfo(der);
            AlgorithmParameters parameters = encrypted.getAlgParameters();
            String name = encrypted.getAlgName();
            // PBES2 is a frame for two algorithms, and only the parameters say which.
            boolean framed = name.equals("PBES2") || name.equals("1.2.840.113549.1.5.13");
            String algorithm = framed && parameters != null ? parameters.toString() : name;
            PBEKeySpec spec = new PBEKeySpec(password);
            try {
                Cipher cipher = Cipher.getInstance(algorithm);
                cipher.init(
                        Cipher.DECRYPT_MODE,
                        SecretKeyFactory.getInstance(algorithm).generateSecret(spec),
                        parameters);
                return encrypted.getKeySpec(cipher).getEncoded();
            } finally {
                spec.clearPassword();
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new GeneralSecurityException("its private key cannot be decrypted: is the password right?", e);
        }
    }

    private static PrivateKey privateKey(byte[] pkcs8) throws GeneralSecurityException {
        for (String algorithm : List.of("RSA", "EC", "EdDSA", "RSASSA-PSS")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                continue; // another kind of key
            }
        }
        // Without the causes: they might quote what they could not read.
        throw new GeneralSecurityException("its private key is neither of RSA nor of an elliptic curve, or is damaged");
    }

    private static byte[] der(Block block) throws GeneralSecurityException {
        try {
            return Base64.getMimeDecoder().decode(block.body);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("what stands in it as " + block.type + " is not Base64");
        }
    }

    // ---- DER ------------------------------------------------------------------------------------------------------

    /** The curve's name in a SEC 1 key: SEQUENCE { INTEGER 1, OCTET STRING, [0] curve, [1] public key }. */
    private static byte[] curve(byte[] sec1) throws GeneralSecurityException {
        try {
            int at = content(sec1, 0);
            while (at < sec1.length) {
                int tag = sec1[at] & 0xff;
                int from = content(sec1, at);
                int to = from + length(sec1, at);
                if (tag == EC_CURVE) {
                    return Arrays.copyOfRange(sec1, from, to);
                }
                at = to;
            }
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new GeneralSecurityException("its private key is damaged");
        }
        throw new GeneralSecurityException(
                "its private key does not name its curve; write it as PKCS #8:" + " openssl pkcs8 -topk8");
    }

    /** Where the content of the element at an index begins. */
    private static int content(byte[] der, int at) {
        return at + 2 + ((der[at + 1] & 0x80) == 0 ? 0 : der[at + 1] & 0x7f);
    }

    private static int length(byte[] der, int at) {
        int length = 0;
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        for (int i = at + 2; i < content(der, at); i++) {
            length = length << 8 | der[i] & 0xff;
        }
        return length;
    }

    private static byte[] sequence(byte[]... elements) {
        return wrap(SEQUENCE, elements);
    }

    private static byte[] wrap(int tag, byte[]... elements) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] element : elements) {
            content.writeBytes(element);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.size();
        if (length >= 0x80) {
            int bytes = length >= 0x10000 ? 3 : length >= 0x100 ? 2 : 1;
            out.write(0x80 | bytes);
            for (int shift = 8 * (bytes - 1); shift > 0; shift -= 8) {
                out.write(length >> shift);
            }
        }
        out.write(length);
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }
}
