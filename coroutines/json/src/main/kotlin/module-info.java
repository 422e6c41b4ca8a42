/** Messages as JSON by kotlinx.serialization. */
module dev.leveret.coroutines.json {
    requires transitive dev.leveret.coroutines;
    requires transitive kotlinx.serialization.core;
    requires transitive kotlinx.serialization.json;

    exports dev.leveret.coroutines.json;
}
