package dev.leveret.coroutines.scripts

import java.io.File
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream

/** Modules of this build, as they are compiled, in the layout of a Maven repository. */
internal class LocalRepository(private val root: File, private val build: File) {
    val version: String =
        Regex("<version>([^<]+)</version>").find(build.resolve("pom.xml").readText())!!.groupValues[1]

    fun addPom(artifact: String, module: String = ".") {
        build.resolve(module).resolve("pom.xml").copyTo(file(artifact, "pom"))
    }

    fun addJar(artifact: String, module: String) {
        addPom(artifact, module)
        val classes = build.resolve(module).resolve("target/classes")
        ZipOutputStream(file(artifact, "jar").outputStream()).use { jar ->
            classes.walk().filter { it.isFile }.forEach {
                jar.putNextEntry(ZipEntry(it.relativeTo(classes).invariantSeparatorsPath))
                it.inputStream().use { content -> content.copyTo(jar) }
            }
        }
    }

    private fun file(artifact: String, extension: String): File =
        root.resolve("dev/leveret/$artifact/$version/$artifact-$version.$extension").apply { parentFile.mkdirs() }
}
