package dev.leveret.amqp.api;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The client's certificates, if there are any. It notes which brokers ask for one: TLS 1.2 has no alert of its own for a
 * client that had none to show, and the handshake's failure could mean anything.
 */
final class ClientKeys extends X509ExtendedKeyManager {

    /** Whether an engine's broker asked and was shown a certificate; no entry if it did not ask. */
    private static final Map<SSLEngine, Boolean> ASKED = Collections.synchronizedMap(new WeakHashMap<>());

    private final @Nullable X509KeyManager keys;

    ClientKeys(@Nullable X509KeyManager keys) {
        this.keys = keys;
    }

    /** Whether an engine's broker has asked for a certificate in vain. */
    static boolean missing(SSLEngine engine) {
        return Boolean.FALSE.equals(ASKED.get(engine));
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        String alias = keys instanceof X509ExtendedKeyManager extended
                ? extended.chooseEngineClientAlias(keyType, issuers, engine)
                : keys == null ? null : keys.chooseClientAlias(keyType, issuers, null);
        ASKED.merge(engine, alias != null, Boolean::logicalOr);
        return alias;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return keys == null ? null : keys.chooseClientAlias(keyType, issuers, socket);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return keys == null ? null : keys.getClientAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return keys == null ? null : keys.getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return keys == null ? null : keys.getPrivateKey(alias);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null; // never a server
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
