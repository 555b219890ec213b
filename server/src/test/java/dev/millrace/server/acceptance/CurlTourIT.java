package dev.millrace.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The tour of the HTTP interface in `examples`, taken by curl. */
@Timeout(180)
final class CurlTourIT {
  @TempDir Path data;

  @Test
  void the_tour_can_be_taken_again_and_again() throws Exception {
    try (ServerProcess server = ServerProcess.start(data)) {
      for (int i = 0; i < 2; i++) {
        ProcessBuilder tour = new ProcessBuilder("sh", "../examples/curl-tour.sh");
        tour.environment().put("MILLRACE_URL", server.uri("").toString());
        tour.environment().remove("MILLRACE_API_KEY");
        Process running = tour.redirectErrorStream(true).start();
        String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(running.exitValue()).as(output).isZero();
        assertThat(output).endsWith("That was the tour.\n");
      }
    }
  }
}
