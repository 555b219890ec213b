package dev.millrace.server.app;

import dev.millrace.server.app.config.ConfigException;
import dev.millrace.server.app.config.ConfigLoader;
import dev.millrace.server.app.config.ServerConfig;
import dev.millrace.server.app.config.Setting;
import dev.millrace.server.app.config.Sourced;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace serve}. */
@Command(
    name = "serve",
    description = "Runs the server until it is told to stop (Ctrl-C or SIGTERM).",
    footer = {
      "",
      "Settings come from the file, then from MILLRACE_* environment variables, then from",
      "these flags; `millrace settings` lists them all."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ServeCommand implements Callable<Integer> {
  @Option(names = "--data", paramLabel = "DIR", description = "The data directory.")
  private @Nullable String data;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "The address to listen on; 127.0.0.1:8080 by default.")
  private @Nullable String listen;

  @Option(names = "--config", paramLabel = "FILE", description = "The configuration file, YAML.")
  private @Nullable Path config;

  @Option(names = "--shards", paramLabel = "N", description = "Shards of a new data directory.")
  private @Nullable String shards;

  @Option(names = "--log-level", paramLabel = "LEVEL", description = "error, warn, info or debug.")
  private @Nullable String logLevel;

  @Option(names = "--log-format", paramLabel = "FORMAT", description = "text or json.")
  private @Nullable String logFormat;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "Any setting by its name; may be repeated.")
  private Map<String, String> others = new LinkedHashMap<>();

  @Override
  public Integer call() {
    long start = Startup.nanos();
    ServerConfig settings =
        new ConfigLoader(System.getenv(), Runtime.getRuntime().availableProcessors())
            .load(config, flags());
    Logging.configure(settings.log());
    Server server =
        Startup.stoppedBySignal(() -> Server.start(settings, start, Wiring::parts), Server::stop);
    server.awaitStopped();
    return 0;
  }

  private Map<Setting, Sourced> flags() {
    Map<Setting, Sourced> flags = new EnumMap<>(Setting.class);
    others.forEach(
        (name, value) -> {
          for (Setting setting : Setting.values()) {
            if (setting.path().equals(name)) {
              flags.put(setting, new Sourced(value, "the flag --set " + name));
              return;
            }
          }
          throw new ConfigException(
              "the flag --set %s: no such setting; `millrace settings` lists them".formatted(name));
        });
    put(flags, Setting.DATA, "--data", data);
    put(flags, Setting.LISTEN, "--listen", listen);
    put(flags, Setting.SHARDS, "--shards", shards);
    put(flags, Setting.LOG_LEVEL, "--log-level", logLevel);
    put(flags, Setting.LOG_FORMAT, "--log-format", logFormat);
    return flags;
  }

  private static void put(
      Map<Setting, Sourced> flags, Setting setting, String flag, @Nullable String value) {
    if (value != null) {
      flags.put(setting, new Sourced(value, "the flag " + flag));
    }
  }
}
