package dev.millrace.server.app;

import dev.millrace.server.app.config.ConfigException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The command line. Exit codes: 0 if all went well, 1 if the server couldn't start or a command
 * failed, 2 if the command line or the settings are wrong.
 */
@Command(
    name = "millrace",
    description = "Takes events in, keeps them, and answers questions about them.",
    subcommands = {
      ServeCommand.class,
      DemoCommand.class,
      SettingsCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      VerifyCommand.class,
      PrepareCommand.class
    },
    versionProvider = Main.Versions.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Main::explain);
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "Missing a command");
  }

  private static int explain(
      Exception failure, CommandLine commandLine, CommandLine.ParseResult parsed) {
    PrintWriter err = commandLine.getErr();
    try {
      return switch (failure) {
        case ConfigException e -> {
          e.problems().forEach(problem -> err.println("millrace: " + problem));
          yield USAGE;
        }
        case StartException e -> {
          err.println("millrace: " + e.getMessage());
          yield FAILED;
        }
        default -> {
          // A fault of ours: here the stack trace is what helps.
          failure.printStackTrace(err);
          yield FAILED;
        }
      };
    } finally {
      err.flush();
    }
  }

  /** Says which Millrace and which Java this is. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "Millrace " + Version.current(),
        "Java %s (%s)".formatted(Runtime.version(), System.getProperty("java.vm.name"))
      };
    }
  }
}
