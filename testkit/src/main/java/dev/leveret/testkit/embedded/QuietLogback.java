package dev.leveret.testkit.embedded;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Broker-J's debugging out of the log of those who use Logback without a configuration, where everything is
 * shown. Levels that somebody set stay as they are. By reflection, because Logback need not be there.
 */
final class QuietLogback {

    private static final List<String> LOGGERS = List.of("org.apache.qpid", "qpid.message");

    private QuietLogback() {}

    static void apply() {
        for (String name : LOGGERS) {
            Logger logger = LoggerFactory.getLogger(name);
            if (logger.getClass().getName().equals("ch.qos.logback.classic.Logger")) {
                warnOnly(logger);
            }
        }
    }

    private static void warnOnly(Logger logger) {
        try {
            if (logger.getClass().getMethod("getLevel").invoke(logger) == null) {
                Class<?> level = Class.forName(
                        "ch.qos.logback.classic.Level", true, logger.getClass().getClassLoader());
                logger.getClass()
                        .getMethod("setLevel", level)
                        .invoke(logger, level.getField("WARN").get(null));
            }
        } catch (ReflectiveOperationException e) {
            LoggerFactory.getLogger(QuietLogback.class).debug("Cannot quieten {}", logger.getName(), e);
        }
    }
}
