package dev.millrace.server.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestartTest {
  private static final String ARCHIVE =
      "lib/millrace-" + System.getProperty("java.vm.version") + ".aot";

  @Test
  void flagsAndArguments_survive_andComeAfterTheArchive() {
    assertThat(command("java", "-Xmx512m", "-jar", "lib/millrace.jar", "serve", "--shards=1"))
        .startsWith("java", "-Dmillrace.archive=" + ARCHIVE, "-XX:AOTCache=" + ARCHIVE)
        .endsWith("-Xmx512m", "-jar", "lib/millrace.jar", "serve", "--shards=1");
  }

  @Test
  void emptyArguments_survive() {
    assertThat(command("java", "-jar", "lib/millrace.jar", "serve", "--data", ""))
        .endsWith("serve", "--data", "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-XX:AOTCache=mine",
        "-XX:SharedArchiveFile=mine",
        "-Xshare:off",
        "-javaagent:profiler.jar",
        "-agentlib:jdwp=transport=dt_socket",
        "@flags"
      })
  void aChoiceOfTheUser_isLeftAlone(String flag) {
    assertThat(command("java", flag, "-jar", "lib/millrace.jar", "serve")).isNull();
  }

  @Test
  void theSameWord_asAnArgumentOfTheServer_isNoChoice() {
    assertThat(command("java", "-jar", "lib/millrace.jar", "serve", "@flags")).isNotNull();
  }

  @Test
  void aClassPathOfAnotherKind_isLeftAlone() {
    assertThat(command("java", "-cp", "lib/millrace.jar", "Launcher", "serve")).isNull();
  }

  private static String[] command(String... arguments) {
    byte[] commandLine =
        (String.join("\0", arguments) + "\0").getBytes(StandardCharsets.ISO_8859_1);
    return Restart.command("lib/millrace.jar", commandLine);
  }
}
