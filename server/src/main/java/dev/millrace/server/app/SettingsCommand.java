package dev.millrace.server.app;

import dev.millrace.server.app.config.SettingsTable;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace settings}. */
@Command(
    name = "settings",
    description = "Lists all settings: names, defaults, environment variables, meanings.",
    mixinStandardHelpOptions = true)
final class SettingsCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--markdown", description = "As a table in Markdown.")
  private boolean markdown;

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("not run by the command line");
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(markdown ? SettingsTable.markdown() : SettingsTable.text());
    out.flush();
    return 0;
  }
}
