package dev.millrace.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plain {@code java -jar} starts from the archive beside the jar, and stops at any time. */
class StartIT {
  private static final Path JAR = Path.of("target/millrace.jar");

  @Test
  void aPlainStart_usesTheArchive_inTheSameProcess(@TempDir Path data) throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "restarts are for Linux");
    try (ServerProcess server = ServerProcess.start(data)) {
      assertThat(arguments(server.pid()))
          .contains("-Xmx512m", "-XX:AOTCache=" + archive())
          .containsSubsequence("-jar", JAR.toString(), "serve");
      assertThat(maps(server.pid())).as("mapped files").contains(archive());
      assertThat(server.log()).doesNotContainIgnoringCase("warning");
      assertThat(server.stop()).isZero();
    }
  }

  @Test
  void aChosenArchive_isLeftAlone() throws Exception {
    List<String> command =
        List.of(java(), "-Xshare:auto", "-jar", JAR.toString(), "settings", "--markdown");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(out).startsWith("| setting |");
  }

  @Test
  void asked_toStop_whileItStarts_theServerEndsWell(@TempDir Path data) throws Exception {
    Path log = data.resolve("log");
    Process process =
        new ProcessBuilder(
                java(),
                "-jar",
                JAR.toString(),
                "serve",
                "--data=" + data.resolve("store"),
                "--listen=127.0.0.1:" + ServerProcess.freePort())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      // The store's directory is there well before the port.
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(1))
          .until(() -> Files.exists(data.resolve("store")));
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
      assertThat(Files.readString(log)).contains("stopped").doesNotContain("Exception");
    } finally {
      process.destroyForcibly();
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String archive() {
    return "target/millrace-" + System.getProperty("java.vm.version") + ".aot";
  }

  private static List<String> arguments(long pid) throws Exception {
    return List.of(
        Files.readString(Path.of("/proc", Long.toString(pid), "cmdline")).split("\0", -1));
  }

  private static String maps(long pid) throws Exception {
    return Files.readString(Path.of("/proc", Long.toString(pid), "maps"));
  }
}
