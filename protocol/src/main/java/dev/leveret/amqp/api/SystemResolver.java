package dev.leveret.amqp.api;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/** What the JVM finds for a name. */
enum SystemResolver implements AddressResolver {
    INSTANCE;

    @Override
    public List<ResolvedAddress> resolve(Endpoint endpoint) throws UnknownHostException {
        try {
            return Arrays.stream(InetAddress.getAllByName(endpoint.host()))
                    .map(address -> new ResolvedAddress(endpoint, address))
                    .toList();
        } catch (UnknownHostException e) {
            UnknownHostException unknown =
                    new UnknownHostException("the host name '" + endpoint.host() + "' is not known");
            unknown.initCause(e);
            throw unknown;
        }
    }
}
