package dev.leveret.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The testkit gives URIs of running brokers and knows no client, so that every module's tests may use it. */
class ImportDirectionTest {

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.leveret.testkit");

    @Test
    void theTestkitKnowsNoOtherModule() {
        check(noClasses()
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.leveret..").and(not(resideInAPackage("dev.leveret.testkit..")))));
    }

    @Test
    void theEntryKnowsNoSourceOfBrokers() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.leveret.testkit")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.leveret.testkit.*..")));
        check(slices().matching("dev.leveret.testkit.(*)..").should().beFreeOfCycles());
    }

    @Test
    void namesSayWhatAClassIs() {
        check(noClasses()
                .should()
                .haveNameMatching(".*[.$]((Abstract|Base)[A-Z]\\w*|\\w*(Manager|Helper|Utils?|Impl))"));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MAIN);
    }
}
