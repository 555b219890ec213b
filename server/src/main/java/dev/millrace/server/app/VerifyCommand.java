package dev.millrace.server.app;

import dev.millrace.server.app.config.ServerConfig;
import dev.millrace.server.error.StorageException;
import dev.millrace.server.storage.lmdb.LmdbStorage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace verify}. */
@Command(
    name = "verify",
    description = "Reads all of a data directory and reports damage, a line for each.",
    footer = {"", "No server may have it open. Exit code 0: whole; 1: damaged or not readable."},
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = "The directory.")
  private Path data = Path.of("");

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("not run by the command line");
    }
    Logging.configure(new ServerConfig.Log("warn", false));
    PrintWriter out = spec.commandLine().getOut();
    int[] damages = new int[1];
    try {
      long events =
          LmdbStorage.verify(
              data,
              line -> {
                damages[0]++;
                out.println("damaged: " + line);
              });
      out.printf("%d events read, %d damages%n", events, damages[0]);
    } catch (StorageException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    } finally {
      out.flush();
    }
    return damages[0] == 0 ? 0 : 1;
  }
}
