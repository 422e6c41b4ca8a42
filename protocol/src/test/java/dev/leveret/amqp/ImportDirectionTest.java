package dev.leveret.amqp;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the module to its import direction: {@code Amqp → client → net, recovery → machine → wire → api → table}. */
class ImportDirectionTest {

    private static final String TOP = "dev.leveret.amqp";

    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            Map.entry("client", Set.of("net", "recovery", "machine", "wire", "api")),
            Map.entry("net", Set.of("machine", "wire", "api")),
            Map.entry("recovery", Set.of("machine", "wire", "api")),
            Map.entry("machine", Set.of("wire", "api")),
            Map.entry("wire", Set.of("api", "table")),
            Map.entry("oauth2", Set.of("json", "api")),
            Map.entry("topology", Set.of("json", "api")),
            Map.entry("json", Set.of()),
            Map.entry("api", Set.of("table")),
            Map.entry("table", Set.of()),
            Map.entry("micrometer", Set.of("api")),
            Map.entry("opentelemetry", Set.of("api")));

    /** Bytes, commands and the time come in, bytes and completions go out: no sockets, no threads, no clock. */
    private static final String[] SANS_IO = {TOP + ".wire..", TOP + ".machine..", TOP + ".recovery.."};

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(TOP);

    @Test
    void everyClassLivesInAKnownPackage() {
        String[] known = Stream.concat(
                        Stream.of(TOP), MAY_IMPORT.keySet().stream().map(ImportDirectionTest::part))
                .toArray(String[]::new);
        check(classes().should().resideInAnyPackage(known));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "client",
                "net",
                "recovery",
                "machine",
                "wire",
                "oauth2",
                "topology",
                "json",
                "api",
                "table",
                "micrometer",
                "opentelemetry"
            })
    void packagesImportOnlyWhatLiesBelowThem(String name) {
        String[] allowed = Stream.concat(Stream.of(name), MAY_IMPORT.get(name).stream())
                .map(ImportDirectionTest::part)
                .toArray(String[]::new);
        check(noClasses()
                .that()
                .resideInAPackage(part(name))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.leveret..").and(not(resideInAnyPackage(allowed)))));
    }

    @Test
    void theSansIoCoreKnowsNoSocketThreadOrClock() {
        check(noClasses()
                .that()
                .resideInAnyPackage(SANS_IO)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.net..", "java.nio.channels..", "java.util.concurrent.locks..")
                                .or(assignableTo(Thread.class))
                                .or(assignableTo(Executor.class))
                                .or(assignableTo(Clock.class))));
    }

    @Test
    void theSansIoCoreIsToldTheTime() {
        check(noClasses()
                .that()
                .resideInAnyPackage(SANS_IO)
                .should()
                .accessTargetWhere(describe("the target reads a clock", ImportDirectionTest::readsAClock)));
    }

    @Test
    void theSansIoCoreHasNoSynchronizedMethods() {
        check(noMethods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(SANS_IO)
                .should()
                .haveModifier(JavaModifier.SYNCHRONIZED));
    }

    @Test
    void theSansIoCoreHasNoVolatileFields() {
        check(noFields()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(SANS_IO)
                .should()
                .haveModifier(JavaModifier.VOLATILE));
    }

    @Test
    void theSansIoCoreUsesOnlyNettysBuffers() {
        check(noClasses()
                .that()
                .resideInAnyPackage(SANS_IO)
                .should()
                .dependOnClassesThat(resideInAPackage("io.netty..")
                        .and(not(resideInAnyPackage("io.netty.buffer..", "io.netty.util")))));
    }

    @Test
    void theApiShowsNoNetty() {
        check(noClasses()
                .that()
                .resideInAPackage(part("api"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty.."));
    }

    @Test
    void onlyNetKnowsNettysChannels() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(part("net"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty.channel..", "io.netty.bootstrap..", "io.netty.handler.."));
    }

    @Test
    void onlyTheirOwnPackagesKnowMicrometerAndOpenTelemetry() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(part("micrometer"), part("opentelemetry"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", "io.opentelemetry.."));
    }

    @Test
    void namesSayWhatAClassIs() {
        check(noClasses()
                .should()
                .haveNameMatching(".*[.$]((Abstract|Base)[A-Z]\\w*|\\w*(Manager|Helper|Utils?|Impl))"));
    }

    private static boolean readsAClock(JavaAccess<?> access) {
        String name = access.getTarget().getName();
        return switch (access.getTargetOwner().getName()) {
            case "java.lang.System" -> name.equals("nanoTime") || name.equals("currentTimeMillis");
            default -> access.getTargetOwner().getPackageName().equals("java.time") && name.equals("now");
        };
    }

    private static String part(String name) {
        return TOP + "." + name + "..";
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MAIN);
    }
}
