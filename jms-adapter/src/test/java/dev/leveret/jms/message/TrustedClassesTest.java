package dev.leveret.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedClassesTest {

    @Test
    void aClassIsThatClassAndNoOther() {
        TrustedClasses trusted = TrustedClasses.parse("com.acme.Order");
        assertThat(trusted.trusts("com.acme.Order")).isTrue();
        assertThat(trusted.trusts("com.acme.Order$Line")).isFalse();
        assertThat(trusted.trusts("com.acme.OrderX")).isFalse();
        assertThat(trusted.trusts("com.acme")).isFalse();
    }

    @Test
    void aPackageEndsAtItsDot() {
        TrustedClasses trusted = TrustedClasses.parse("com.acme.*");
        assertThat(trusted.trusts("com.acme.Order")).isTrue();
        assertThat(trusted.trusts("com.acme.model.Order$Line")).isTrue();
        assertThat(trusted.trusts("com.acmeevil.Order")).isFalse();
    }

    @Test
    void anArrayIsTrustedAsItsElementsAre() {
        TrustedClasses trusted = TrustedClasses.parse("com.acme.Order");
        assertThat(trusted.trusts("[[Lcom.acme.Order;")).isTrue();
        assertThat(trusted.trusts("[Lcom.acme.Other;")).isFalse();
        assertThat(trusted.trusts("[[J")).isTrue();
    }

    @Test
    void valuesComeWithAnythingThatIsTrusted() {
        assertThat(TrustedClasses.parse("com.acme.Order").trusts("java.lang.Integer"))
                .isTrue();
        assertThat(TrustedClasses.parse("com.acme.Order").trusts("java.lang.Number"))
                .isTrue();
        assertThat(TrustedClasses.parse("com.acme.Order").trusts("java.lang.Runtime"))
                .isFalse();
        assertThat(TrustedClasses.NONE.trusts("java.lang.Integer")).isFalse();
        assertThat(TrustedClasses.NONE.trusts("[I")).isFalse();
    }

    @Test
    void theStarIsEverything() {
        TrustedClasses trusted = TrustedClasses.parse("com.acme.Order, *");
        assertThat(trusted.isAll()).isTrue();
        assertThat(trusted.trusts("any.Thing")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "com.acme.",
                "com.acme*",
                "com..Order",
                "*.*",
                "com.*.Order",
                "com.acme.Order,",
                "a b",
                "[I"
            })
    void whatIsNeitherClassNorPackageIsRefused(String list) {
        assertThatThrownBy(() -> TrustedClasses.parse(list)).isInstanceOf(IllegalArgumentException.class);
    }
}
