package dev.millrace.server.app;

import dev.millrace.server.app.config.ServerConfig;
import dev.millrace.server.backup.BackupException;
import dev.millrace.server.backup.Restoring;
import dev.millrace.server.storage.lmdb.LmdbStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace restore}. */
@Command(
    name = "restore",
    description = "Makes a data directory of a backup.",
    mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
  @Option(names = "--from", required = true, paramLabel = "FILE", description = "The backup.")
  private Path from = Path.of("");

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "The data directory to be made; not there yet, or empty.")
  private Path data = Path.of("");

  @Override
  public Integer call() {
    Logging.configure(new ServerConfig.Log("warn", false));
    try {
      Restoring.restore(from, data, LmdbStorage::adopt);
      return 0;
    } catch (BackupException e) {
      throw new StartException("nothing is restored: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new StartException("nothing is restored: " + e, e);
    }
  }
}
