package dev.millrace.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void help_and_version_end_well() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("serve", "settings");
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).contains("Millrace ");
    assertThat(run("serve", "--help")).isZero();
    assertThat(out.toString()).contains("--data=DIR", "--listen=HOST:PORT");
  }

  @Test
  void settings_are_listed() {
    assertThat(run("settings")).isZero();
    assertThat(out.toString()).contains("http.maxConnections (MILLRACE_HTTP_MAX_CONNECTIONS)");
  }

  @Test
  void wrong_command_line_is_2() {
    assertThat(run()).isEqualTo(2);
    assertThat(run("nonsense")).isEqualTo(2);
    assertThat(run("serve", "--nonsense")).isEqualTo(2);
  }

  @Test
  void wrong_setting_is_one_line_and_2() {
    assertThat(run("serve", "--listen", "0.0.0.0:80")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("millrace: the flag --listen: 'listen' is 0.0.0.0:80, which others can reach")
        .hasLineCount(1);
  }

  @Test
  void unknown_setting_by_flag_is_refused() {
    assertThat(run("serve", "--set", "htp.maxConnections=1")).isEqualTo(2);
    assertThat(err.toString()).contains("the flag --set htp.maxConnections: no such setting");
  }

  private int run(String... arguments) {
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }
}
