package dev.millrace.server.archive;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the running JVM by one that uses the archive beside the jar, with {@code execv(3)}: the
 * process stays the same, with its id, its streams, its environment and every flag that its user
 * gave. A jar's manifest can't name an archive, so this is how a plain {@code java -jar} profits.
 *
 * <p>It happens on Linux, once, and only where it helps and nobody minds: not without an archive
 * that is made by this JVM for this jar, not if the user chose an archive, an agent or a recording,
 * and not with {@code MILLRACE_ARCHIVE=off} in the environment. Whatever goes wrong, the JVM goes
 * on as it is.
 */
public final class Restart {
  /** The switch in the environment, which no setting of the server may be called. */
  public static final String VARIABLE = "MILLRACE_ARCHIVE";

  /** Set in a JVM that was restarted. */
  static final String PROPERTY = "millrace.archive";

  private static final Path PROCESS = Path.of("/proc/self");

  /** Flags whose users want the JVM as it is, or would see their effect twice. */
  private static final List<String> MINDS =
      List.of(
          "@", // a file of flags, which isn't read here
          "-agentlib:",
          "-agentpath:",
          "-javaagent:",
          "-Xshare",
          "-XX:AOT",
          "-XX:+AOT",
          "-XX:-AOT",
          "-XX:SharedArchiveFile",
          "-XX:ArchiveClassesAtExit",
          "-XX:+AutoCreateSharedArchive",
          "-XX:Flags=",
          "-XX:StartFlightRecording");

  /** Where the JVM and its launcher find flags that aren't on the command line. */
  static final List<String> FLAG_VARIABLES =
      List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

  private Restart() {}

  /**
   * Restarts, or returns if the JVM is to go on as it is. Called by the jar's launcher, by name.
   */
  public static void withArchive() {
    if (System.getProperty(PROPERTY) != null
        || "off".equals(System.getenv(VARIABLE))
        || !"Linux".equals(System.getProperty("os.name"))
        || flagsInEnvironmentMind()) {
      return;
    }
    String jar = System.getProperty("java.class.path", "");
    if (!isThere(jar)) {
      return;
    }
    try {
      String[] command = command(jar, Files.readAllBytes(PROCESS.resolve("cmdline")));
      if (command != null) {
        exec(Files.readSymbolicLink(PROCESS.resolve("exe")).toString(), command);
      }
    } catch (Throwable e) {
      // Slower, not worse. Errors too, since a JVM without native access throws some.
      return;
    }
  }

  private static boolean flagsInEnvironmentMind() {
    for (String variable : FLAG_VARIABLES) {
      String flags = System.getenv(variable);
      if (flags != null) {
        for (String mind : MINDS) {
          if (flags.contains(mind)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** An archive older than the jar was made for another one; the JVM would find out later. */
  private static boolean isThere(String jar) {
    String archive = ArchiveName.of(jar);
    if (archive == null) {
      return false;
    }
    try {
      return Files.getLastModifiedTime(Path.of(archive))
              .compareTo(Files.getLastModifiedTime(Path.of(jar)))
          >= 0;
    } catch (IOException missing) {
      return false;
    }
  }

  /**
   * The command line with the archive's flags in front, so that the user's own come later and win;
   * null if it shouldn't be run.
   *
   * @param jar the jar that is run
   * @param commandLine the arguments as Linux keeps them, each ended by a zero byte
   */
  static String @Nullable [] command(String jar, byte[] commandLine) {
    List<String> arguments = split(commandLine);
    int at = 1;
    while (at < arguments.size() && !arguments.get(at).equals("-jar")) {
      for (String mind : MINDS) {
        if (arguments.get(at).startsWith(mind)) {
          return null;
        }
      }
      at++;
    }
    if (at + 1 >= arguments.size()) {
      return null;
    }
    // From the command line rather than from `jar`, so that its bytes stay as they are.
    String archive = ArchiveName.of(arguments.get(at + 1));
    if (archive == null || !Path.of(arguments.get(at + 1)).endsWith(Path.of(jar).getFileName())) {
      return null;
    }
    List<String> command = new ArrayList<>(arguments.subList(0, 1));
    command.add("-D" + PROPERTY + "=" + archive);
    command.add("-XX:AOTCache=" + archive);
    // An archive that doesn't fit is no news.
    command.add("-Xlog:aot*=off");
    command.add("-Xlog:cds*=off");
    // What LMDB's binding does with memory is known; Java needn't warn of it at every start.
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(arguments.subList(1, arguments.size()));
    return command.toArray(new String[0]);
  }

  /** As Latin-1, which keeps bytes of any encoding. */
  private static List<String> split(byte[] commandLine) {
    List<String> arguments = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < commandLine.length; i++) {
      if (commandLine[i] == 0) {
        arguments.add(new String(commandLine, start, i - start, StandardCharsets.ISO_8859_1));
        start = i + 1;
      }
    }
    return arguments;
  }

  /** Returns only if it fails. */
  @SuppressWarnings("restricted") // native access is what the manifest enables
  private static void exec(String program, String[] command) throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle execv =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("execv"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment arguments = arena.allocate(ValueLayout.ADDRESS, command.length + 1L);
      for (int i = 0; i < command.length; i++) {
        arguments.setAtIndex(
            ValueLayout.ADDRESS, i, arena.allocateFrom(command[i], StandardCharsets.ISO_8859_1));
      }
      int _ = (int) execv.invokeExact(arena.allocateFrom(program), arguments);
    }
  }
}
