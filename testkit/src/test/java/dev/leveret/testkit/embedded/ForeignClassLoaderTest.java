package dev.leveret.testkit.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Maven's exec:java and application servers have classes that the system's class loader does not see. */
class ForeignClassLoaderTest {

    @Test
    void theEmbeddedBrokerStartsFromAClassLoaderThatIsNotTheSystems() throws Exception {
        URL[] classPath = Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getProperty("java.class.path"))
                .map(ForeignClassLoaderTest::url)
                .toArray(URL[]::new);
        try (URLClassLoader foreign = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
            FutureTask<String> start = new FutureTask<>(() -> startAndClose(foreign));
            Thread thread = new Thread(start, "foreign");
            thread.setContextClassLoader(foreign);
            thread.start();
            assertThat(start.get(90, TimeUnit.SECONDS)).contains("Broker-J");
        }
    }

    private static String startAndClose(ClassLoader loader) throws ReflectiveOperationException {
        Object broker = loader.loadClass("dev.leveret.testkit.Brokers")
                .getMethod("startEmbedded")
                .invoke(null);
        String description = broker.toString();
        loader.loadClass("dev.leveret.testkit.Broker").getMethod("close").invoke(broker);
        return description;
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path, e);
        }
    }
}
