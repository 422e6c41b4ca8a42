package dev.leveret.benchmarks;

import dev.leveret.benchmarks.client.Result;
import dev.leveret.benchmarks.stub.StubBroker;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts the JVMs, pinned to a core each if so wished. */
final class Jvms {

    private static final int CLIENT_CORE = 0;
    private static final int STUB_CORE = 1;

    private final String java;
    private final boolean pinned;
    private final String classPath = classPath();

    /** @param pinned clients on one core, the stub on the other */
    Jvms(String java, boolean pinned) {
        this.java = java;
        this.pinned = pinned;
    }

    /** For the head of the report. */
    String pinning() {
        return pinned
                ? "client on core " + CLIENT_CORE + ", the stub on core " + STUB_CORE + " (taskset)"
                : "not pinned to cores";
    }

    /** What the JVM says about itself. */
    String version() throws IOException {
        Process process =
                new ProcessBuilder(java, "-version").redirectErrorStream(true).start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            return String.join(", ", output.lines().toList());
        }
    }

    /** A stub that ends when the process is destroyed, or this JVM ends. */
    Process startStub() throws IOException {
        return builder(STUB_CORE, StubBroker.class.getName()).start();
    }

    /**
     * Runs a client to its end.
     *
     * @param arguments client and scenario first
     * @param environment what is nobody's business besides: a command line could be read by anybody
     * @param limit how long it may take
     */
    Result run(String main, List<String> arguments, Map<String, String> environment, Duration limit)
            throws IOException, InterruptedException, TimeoutException {
        String name = arguments.get(0) + " " + arguments.get(1);
        Process process = start(main, arguments, environment);
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new TimeoutException(name + " has not ended after " + limit);
            }
            List<String> results = output.lines().filter(Result::isResult).toList();
            if (process.exitValue() != 0 || results.size() != 1) {
                throw new IllegalStateException(name + " failed, exit code " + process.exitValue());
            }
            return Result.parse(results.get(0));
        } finally {
            process.destroyForcibly();
        }
    }

    /** Starts a client; its standard input and output are its caller's. */
    Process start(String main, List<String> arguments, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = builder(CLIENT_CORE, main, arguments.toArray(String[]::new));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private ProcessBuilder builder(int core, String main, String... args) {
        List<String> command = new ArrayList<>();
        if (pinned) {
            command.addAll(List.of("taskset", "-c", Integer.toString(core)));
        }
        command.addAll(List.of(java, "-Xms512m", "-Xmx512m"));
        command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", classPath, main));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    /** Whether there are two cores and {@code taskset}. */
    static boolean canPin() throws InterruptedException {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            return false;
        }
        try {
            return new ProcessBuilder("taskset", "-c", Integer.toString(STUB_CORE), "true")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // no such command
        }
    }

    /** Maven runs us in its own JVM, whose class path is not ours. */
    private static String classPath() {
        if (!(Jvms.class.getClassLoader() instanceof URLClassLoader loader)) {
            return System.getProperty("java.class.path");
        }
        List<String> files = new ArrayList<>();
        for (URL url : loader.getURLs()) {
            try {
                files.add(new File(url.toURI()).getPath());
            } catch (URISyntaxException e) {
                throw new IllegalStateException("the class path has " + url, e);
            }
        }
        return String.join(File.pathSeparator, files);
    }
}
