package dev.leveret.benchmarks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Holds the module to its import direction: {@code HotPath → client → stub} and {@code JmsBenchmark → jms → client}. */
class ImportDirectionTest {

    private static final String TOP = "dev.leveret.benchmarks";

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(TOP);

    @Test
    void theStubKnowsNoClient() {
        noClasses()
                .that()
                .resideInAPackage(TOP + ".stub")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(TOP, TOP + ".client", "dev.leveret.amqp..", "com.rabbitmq..")
                .check(MAIN);
    }

    @Test
    void aClientsJvmKnowsNothingOfItsFellows() {
        noClasses()
                .that()
                .resideInAnyPackage(TOP + ".client", TOP + ".jms")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(TOP)
                .check(MAIN);
    }
}
