package dev.leveret.coroutines

import com.tngtech.archunit.base.DescribedPredicate.describe
import com.tngtech.archunit.base.DescribedPredicate.not
import com.tngtech.archunit.core.domain.JavaAccess
import com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage
import com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage
import com.tngtech.archunit.core.importer.ClassFileImporter
import com.tngtech.archunit.core.importer.ImportOption
import com.tngtech.archunit.lang.ArchRule
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses
import kotlinx.coroutines.CoroutineScope
import org.junit.jupiter.api.Test

/** Holds the module to its plan: a thin face over the protocol module's public API, without scopes of its own. */
class ImportDirectionTest {
    private val main = ClassFileImporter()
        .withImportOption(ImportOption.DoNotIncludeTests())
        .importPackages("dev.leveret.coroutines")

    @Test
    fun `nothing knows the inside of the protocol module`() = check(
        noClasses().should().dependOnClassesThat(
            resideInAPackage("dev.leveret..").and(
                not(
                    resideInAnyPackage(
                        "dev.leveret.coroutines..",
                        "dev.leveret.amqp",
                        "dev.leveret.amqp.api",
                        "dev.leveret.amqp.topology",
                    ),
                ),
            ),
        ),
    )

    @Test
    fun `nothing is a coroutine scope`() = check(
        noClasses().should().beAssignableTo(CoroutineScope::class.java),
    )

    @Test
    fun `nothing blocks a thread to run coroutines`() = check(
        noClasses().should().accessTargetWhere(
            describe("the target is runBlocking") { access: JavaAccess<*> -> access.name.startsWith("runBlocking") },
        ),
    )

    @Test
    fun `names say what a class is`() = check(
        noClasses().should().haveNameMatching(".*[.$]((Abstract|Base)[A-Z]\\w*|\\w*(Manager|Helper|Utils?|Impl))"),
    )

    private fun check(rule: ArchRule) = rule.allowEmptyShould(true).check(main)
}
