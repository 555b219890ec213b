package dev.millrace.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a newcomer starts it, stops it, and starts it again. */
@Timeout(240)
final class DemoIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;

  @Test
  void the_demo_stops_cleanly_and_goes_on_where_it_stopped() throws Exception {
    String first = run("first", "100%");
    assertThat(first).contains("28,391 events", "curl -s http://127.0.0.1:", "Stopped.");

    String second = run("second", "in the last minute");
    assertThat(second).contains("going on from there", "Stopped.").doesNotContain("Loading");
  }

  /** Runs the demo until its output holds figures and a text, then stops it as Ctrl-C does. */
  private String run(String name, String until) throws IOException, InterruptedException {
    Path output = folder.resolve(name + ".txt");
    Process demo =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-jar",
                "target/millrace.jar",
                "demo",
                "--data",
                folder.resolve("data").toString(),
                "--listen",
                "127.0.0.1:" + ServerProcess.freePort())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                assertThat(demo.isAlive()).as(read(output)).isTrue();
                String text = read(output);
                return text.contains(until) && text.contains("; top: ");
              });
      new ProcessBuilder("kill", "-INT", Long.toString(demo.pid())).start().waitFor();
      assertThat(demo.waitFor(60, TimeUnit.SECONDS)).as(read(output)).isTrue();
      assertThat(demo.exitValue()).isZero();
      return read(output);
    } finally {
      demo.destroyForcibly();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
