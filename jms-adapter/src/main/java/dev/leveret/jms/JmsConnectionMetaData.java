package dev.leveret.jms;

import dev.leveret.jms.message.PropertyNames;
import jakarta.jms.ConnectionMetaData;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/** What this provider is (Jakarta Messaging 3.1, section 6.1.6). */
final class JmsConnectionMetaData implements ConnectionMetaData {

    private static final int MAJOR = 3;
    private static final int MINOR = 1;

    private final int[] version = versionOf(getClass().getPackage().getImplementationVersion());

    @Override
    public String getJMSVersion() {
        return MAJOR + "." + MINOR;
    }

    @Override
    public int getJMSMajorVersion() {
        return MAJOR;
    }

    @Override
    public int getJMSMinorVersion() {
        return MINOR;
    }

    @Override
    public String getJMSProviderName() {
        return "Leveret";
    }

    @Override
    public String getProviderVersion() {
        return version[0] + "." + version[1];
    }

    @Override
    public int getProviderMajorVersion() {
        return version[0];
    }

    @Override
    public int getProviderMinorVersion() {
        return version[1];
    }

    @Override
    public Enumeration<String> getJMSXPropertyNames() {
        return Collections.enumeration(PropertyNames.jmsx());
    }

    /** Classes that do not come from a jar have no version. */
    private static int[] versionOf(@Nullable String text) {
        String[] parts = text == null ? new String[0] : text.split("[.-]");
        int[] version = new int[2];
        for (int i = 0; i < Math.min(2, parts.length); i++) {
            version[i] = parts[i].chars().allMatch(Character::isDigit) ? Integer.parseInt(parts[i]) : 0;
        }
        return version;
    }
}
