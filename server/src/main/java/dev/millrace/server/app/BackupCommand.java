package dev.millrace.server.app;

import dev.millrace.server.app.config.ServerConfig;
import dev.millrace.server.backup.BackupException;
import dev.millrace.server.backup.Restoring;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace backup}. */
@Command(
    name = "backup",
    description = "Copies the store of a running server into a file.",
    mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
  private static final int OK = 200;
  private static final Duration CONNECT = Duration.ofSeconds(10);

  @Option(
      names = "--server",
      defaultValue = "http://localhost:8080",
      paramLabel = "URL",
      description = "The server (default: ${DEFAULT-VALUE}).")
  private URI server = URI.create("");

  @Option(
      names = "--key",
      defaultValue = "${env:MILLRACE_KEY}",
      paramLabel = "KEY",
      description = "A key with ADMIN for all projects, if the server has keys; or MILLRACE_KEY.")
  private @Nullable String key;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "FILE",
      description = "The file; one that is there is replaced when the new one is whole.")
  private Path to = Path.of("");

  @Override
  public Integer call() throws InterruptedException {
    Logging.configure(new ServerConfig.Log("warn", false));
    Path arriving = Path.of(to + ".part");
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(server.resolve("/v1/backup"))
              .POST(HttpRequest.BodyPublishers.noBody());
      if (key != null && !key.isEmpty()) {
        request.header("authorization", "Bearer " + key);
      }
      HttpResponse<Path> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofFile(arriving));
      if (response.statusCode() != OK) {
        throw new IOException(Files.readString(arriving, StandardCharsets.UTF_8).strip());
      }
      Restoring.check(arriving);
      Files.move(arriving, to, StandardCopyOption.REPLACE_EXISTING);
      return 0;
    } catch (IOException | BackupException e) {
      throw new StartException("there is no backup: " + e.getMessage(), e);
    } finally {
      remove(arriving);
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new StartException("can't remove " + file, e);
    }
  }
}
