package dev.millrace.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sync comes before the acknowledgement. A killed process leaves the page cache behind, so
 * killing alone can't show it: here the server's system calls are traced.
 */
class DurabilityIT {
  private static final int BATCHES = 20;

  @Test
  void everyAcknowledgement_followsASyncOfItsOwn(@TempDir Path folder) throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/strace")), "skipped: strace isn't installed here");
    Path trace = folder.resolve("trace.txt");
    List<String> strace =
        List.of(
            "/usr/bin/strace", "-f", "-e", "trace=fdatasync,fsync", "-o", trace.toString(), "--");
    try (ServerProcess server =
        ServerProcess.start(folder.resolve("data"), ServerProcess.freePort(), strace)) {
      long before = syncs(trace);
      for (int i = 1; i <= BATCHES; i++) {
        String event =
            "{\"events\":[{\"type\":\"t\",\"userId\":\"u\",\"eventId\":\"e" + i + "\"}]}";
        assertThat(server.post("/v1/events", event).body()).contains("\"accepted\":\"1\"");
        long after = syncs(trace);
        assertThat(after).as("syncs at the acknowledgement of batch %d", i).isGreaterThan(before);
        before = after;
      }
    }
  }

  /** A traced call is written down before the traced thread goes on. */
  private static long syncs(Path trace) throws Exception {
    try (var lines = Files.lines(trace)) {
      return lines
          .filter(line -> line.contains("sync(") || line.contains("sync resumed"))
          .filter(line -> line.stripTrailing().endsWith("= 0"))
          .count();
    }
  }
}
