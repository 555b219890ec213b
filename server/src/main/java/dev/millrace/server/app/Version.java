package dev.millrace.server.app;

import org.jspecify.annotations.Nullable;

/** Which Millrace this is. */
final class Version {
  private Version() {}

  /** As the jar's manifest says it; {@code dev} where there is no jar. */
  static String current() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
