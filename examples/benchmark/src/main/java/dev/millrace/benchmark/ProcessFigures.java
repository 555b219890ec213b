package dev.millrace.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What Linux knows of a process.
 *
 * @param cpuMicros processor time so far, user and system, in microseconds, in steps of 10 ms
 * @param anonymousBytes memory in use that isn't backed by files
 * @param residentBytes memory in use, mapped files included
 */
public record ProcessFigures(long cpuMicros, long anonymousBytes, long residentBytes) {
  private static final int TICK_MICROS = 10_000;
  private static final int UTIME = 11;
  private static final int STIME = 12;

  static ProcessFigures of(long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    String stat = Files.readString(process.resolve("stat"));
    // The name, which may hold blanks, is in parentheses; the third field comes after it.
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
    long ticks = Long.parseLong(fields.get(UTIME)) + Long.parseLong(fields.get(STIME));
    return new ProcessFigures(
        ticks * TICK_MICROS,
        kilobytes(process, "RssAnon:") << 10,
        kilobytes(process, "VmRSS:") << 10);
  }

  private static long kilobytes(Path process, String name) throws IOException {
    for (String line : Files.readAllLines(process.resolve("status"))) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.substring(name.length()).replace("kB", "").strip());
      }
    }
    throw new IOException("no " + name + " in " + process);
  }
}
