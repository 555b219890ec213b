package dev.millrace.server.launch;

import java.lang.reflect.InvocationTargetException;

/** Starts the server, or says which Java it needs. */
public final class Launcher {
  private static final int NEEDED = 25;
  private static final int WRONG_JAVA = 2;
  private static final String RESTART = "dev.millrace.server.archive.Restart";
  private static final String MAIN = "dev.millrace.server.app.Main";

  private Launcher() {}

  public static void main(String[] args) throws Throwable {
    String found = System.getProperty("java.specification.version");
    if (major(found) < NEEDED) {
      System.err.println(
          "Millrace needs Java "
              + NEEDED
              + " or newer; this is Java "
              + found
              + " ("
              + System.getProperty("java.home")
              + ").");
      System.exit(WRONG_JAVA);
    }
    try {
      Class.forName(RESTART).getMethod("withArchive").invoke(null);
      Class.forName(MAIN).getMethod("main", String[].class).invoke(null, (Object) args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** 8 of "1.8", 25 of "25". */
  private static int major(String version) {
    String number = version.startsWith("1.") ? version.substring(2) : version;
    return Integer.parseInt(number);
  }
}
