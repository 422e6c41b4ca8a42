package dev.leveret.jms;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInput;
import org.junit.jupiter.api.Test;

/** Holds the module to its plan: a facade without AMQP words, and few places that speak to the protocol module. */
class ImportDirectionTest {

    private static final String FACADE = "dev.leveret.jms";
    private static final String BROKER = FACADE + ".broker..";
    private static final String WIRE = FACADE + ".wire..";
    private static final String DESTINATION = FACADE + ".destination..";
    private static final String MESSAGE = FACADE + ".message..";
    private static final String SELECTOR = FACADE + ".selector..";
    private static final String JNDI = FACADE + ".jndi..";

    private static final String AMQP = "dev.leveret.amqp";
    private static final String AMQP_API = AMQP + ".api";

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(FACADE);

    @Test
    void everyClassLivesInAKnownPackage() {
        check(classes().should().resideInAnyPackage(FACADE, BROKER, WIRE, DESTINATION, MESSAGE, SELECTOR, JNDI));
    }

    @Test
    void nothingKnowsTheInsideOfTheProtocolModule() {
        check(noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage(AMQP + "..").and(not(resideInAnyPackage(AMQP, AMQP_API)))));
    }

    @Test
    void onlyBrokerWireAndConnectionsSpeakAmqp() {
        check(noClasses()
                .that(not(resideInAnyPackage(BROKER, WIRE)
                        .or(resideInAPackage(FACADE).and(nameMatching(".*\\.(\\w*Connection\\w*|JmsErrors)(\\$.*)?")))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(AMQP + ".."));
    }

    @Test
    void messagesAndDestinationsKnowNeitherWireNorBroker() {
        check(noClasses()
                .that()
                .resideInAnyPackage(MESSAGE, DESTINATION)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(WIRE, BROKER, AMQP + ".."));
    }

    @Test
    void thePartsDoNotImportEachOtherInCircles() {
        check(slices().matching(FACADE + ".(*)..").should().beFreeOfCycles());
    }

    /** Java's deserialization runs code that the sender chooses: there is one stream, and it asks before it loads. */
    @Test
    void objectsAreReadFromStreamsInOnePlaceOnly() {
        check(noClasses()
                .that(not(nameMatching(".*\\.message\\.(GuardedObjectStream|ObjectPolicy)(\\$.*)?")))
                .should()
                .dependOnClassesThat(assignableTo(ObjectInput.class)));
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
