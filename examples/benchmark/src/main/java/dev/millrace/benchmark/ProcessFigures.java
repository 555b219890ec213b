package dev.millrace.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What Linux knows of a process.
 *
 * @param cpuMicros processor time so far, user and system, in microseconds, in steps of 10 ms
 * @param virtualMachineMicros how much of it living threads of the virtual machine took, which are
 *     those of the compilers and of the garbage collector
 * @param anonymousBytes memory in use that isn't backed by files
 * @param residentBytes memory in use, mapped files included
 */
public record ProcessFigures(
    long cpuMicros, long virtualMachineMicros, long anonymousBytes, long residentBytes) {
  private static final int TICK_MICROS = 10_000;
  private static final int UTIME = 11;
  private static final int STIME = 12;
  private static final Pattern VIRTUAL_MACHINE =
      Pattern.compile("C[12] Compiler|G1 |GC |VM Thread");

  static ProcessFigures of(long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    return new ProcessFigures(
        cpuMicros(process.resolve("stat")),
        virtualMachineMicros(process),
        kilobytes(process, "RssAnon:") << 10,
        kilobytes(process, "VmRSS:") << 10);
  }

  private static long cpuMicros(Path file) throws IOException {
    String stat = Files.readString(file);
    // The name, which may hold blanks, is in parentheses; the third field comes after it.
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
    long ticks = Long.parseLong(fields.get(UTIME)) + Long.parseLong(fields.get(STIME));
    return ticks * TICK_MICROS;
  }

  private static long virtualMachineMicros(Path process) throws IOException {
    long micros = 0;
    try (Stream<Path> threads = Files.list(process.resolve("task"))) {
      for (Path thread : threads.toList()) {
        try {
          if (VIRTUAL_MACHINE.matcher(Files.readString(thread.resolve("comm"))).lookingAt()) {
            micros += cpuMicros(thread.resolve("stat"));
          }
        } catch (NoSuchFileException ended) {
          // A thread may end at any time.
        }
      }
    }
    return micros;
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
