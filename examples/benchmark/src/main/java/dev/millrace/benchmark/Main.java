package dev.millrace.benchmark;

import dev.millrace.benchmark.queries.QueriesCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. */
@Command(
    name = "millrace-benchmark",
    description =
        "Measures a server that it starts itself. Figures of two runs compare only if nothing else"
            + " ran.",
    subcommands = {
      IngestCommand.class,
      LatencyCommand.class,
      JsonCommand.class,
      FanoutCommand.class,
      StartCommand.class,
      IdleCommand.class,
      QueriesCommand.class
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    CommandLine commands =
        new CommandLine(new Main())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(
                (e, command, parsed) -> {
                  e.printStackTrace(command.getErr());
                  return 1;
                });
    System.exit(commands.execute(args));
  }
}
