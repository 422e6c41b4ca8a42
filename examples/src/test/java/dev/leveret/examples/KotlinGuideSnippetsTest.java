package dev.leveret.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The snippets in the guide to the Kotlin face are those of a program. */
class KotlinGuideSnippetsTest {

    @Test
    void theSnippetsAreThoseOfTheProgram() throws IOException {
        Path program = Path.of("src", "main", "kotlin", "dev", "leveret", "examples", "KotlinGuide.kt");
        assertThat(Snippets.shown(Path.of("..", "docs", "kotlin.md"), "kotlin"))
                .extracting(Snippets::words)
                .isNotEmpty()
                .isEqualTo(Snippets.compiled(program, "guide").stream()
                        .map(it -> Snippets.words(it.code()))
                        .toList());
    }
}
