package dev.leveret.amqp.api;

import java.io.IOException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Hashtable;
import java.util.List;
import java.util.Random;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Endpoints by DNS SRV records (RFC 2782). */
final class SrvResolver implements AddressResolver {

    private static final Logger LOG = LoggerFactory.getLogger(SrvResolver.class);
    /** JNDI gives some characters a meaning, none of which occurs in a host's name. */
    private static final String NAME = "[A-Za-z0-9._-]+";

    private final String service;
    private final String servers;
    private final AddressResolver targets;
    private final Random random;

    SrvResolver(String service) {
        this(service, "dns:", AddressResolver.system(), new Random());
        if (ModuleLayer.boot().findModule("java.naming").isEmpty()) {
            throw new IllegalStateException("SRV records are looked up by the JDK's module java.naming, which this"
                    + " runtime image does not have: start it with --add-modules java.naming,jdk.naming.dns");
        }
    }

    /** @param servers the DNS servers as a JNDI provider URL: {@code dns://host:port} */
    SrvResolver(String service, String servers, AddressResolver targets, Random random) {
        this.service = service;
        this.servers = servers;
        this.targets = targets;
        this.random = random;
    }

    @Override
    public List<ResolvedAddress> resolve(Endpoint endpoint) throws IOException {
        String host = endpoint.host();
        if (isAddress(host)) {
            return targets.resolve(endpoint);
        }
        boolean complete = host.startsWith("_");
        String name = complete ? host : service + "." + host;
        List<SrvRecord> records = lookUp(name);
        if (records.isEmpty() && !complete) {
            return targets.resolve(endpoint);
        }
        if (records.stream().allMatch(it -> it.target().isEmpty())) {
            throw new UnknownHostException(
                    records.isEmpty()
                            ? "there are no SRV records of '" + name + "'"
                            : "the SRV records of '" + name + "' say that there is no such service");
        }
        return addresses(name, SrvRecord.inOrder(records, random));
    }

    private static boolean isAddress(String host) {
        return host.matches("[0-9.]+|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(%.+)?");
    }

    private List<ResolvedAddress> addresses(String name, List<SrvRecord> records) throws IOException {
        List<ResolvedAddress> found = new ArrayList<>();
        IOException failure = new UnknownHostException("no target in the SRV records of '" + name + "' has an address");
        for (SrvRecord each : records) {
            try {
                if (!each.target().isEmpty()) {
                    found.addAll(targets.resolve(new Endpoint(each.target(), each.port())));
                }
            } catch (IOException | IllegalArgumentException e) {
                LOG.warn("left out a target of the SRV records of {}: {}", name, e.getMessage());
                failure.addSuppressed(e);
            }
        }
        if (found.isEmpty()) {
            throw failure;
        }
        return found;
    }

    /** JNDI's dangers do not apply: the provider is fixed, it is for DNS alone, and text is all that is read. */
    @SuppressWarnings("BanJNDI")
    private List<SrvRecord> lookUp(String name) throws IOException {
        if (!name.matches(NAME)) {
            throw new UnknownHostException("'" + name + "' cannot be the name of SRV records");
        }
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.put(Context.PROVIDER_URL, servers);
        try {
            DirContext dns = new InitialDirContext(environment);
            try {
                Attribute records =
                        dns.getAttributes(name, new String[] {"SRV"}).get("SRV");
                List<SrvRecord> parsed = new ArrayList<>();
                for (Object each : records == null ? List.of() : Collections.list(records.getAll())) {
                    parsed.add(SrvRecord.parse((String) each));
                }
                return parsed;
            } finally {
                dns.close();
            }
        } catch (NameNotFoundException e) {
            return List.of();
        } catch (NamingException | RuntimeException e) {
            throw new IOException("SRV records of '" + name + "' could not be looked up: " + e, e);
        }
    }

    @Override
    public String toString() {
        return "SRV records of " + service;
    }
}
