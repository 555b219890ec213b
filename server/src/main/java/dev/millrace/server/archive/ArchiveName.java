package dev.millrace.server.archive;

import org.jspecify.annotations.Nullable;

/** Where the archive of a jar is: beside it, and named after the one JVM that can read it. */
final class ArchiveName {
  private static final String JAR = ".jar";

  private ArchiveName() {}

  /** The archive's path for the running JVM; null if the path isn't one of a jar. */
  static @Nullable String of(String jar) {
    return jar.endsWith(JAR)
        ? jar.substring(0, jar.length() - JAR.length())
            + "-"
            + System.getProperty("java.vm.version", "")
            + ".aot"
        : null;
  }
}
