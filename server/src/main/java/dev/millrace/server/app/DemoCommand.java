package dev.millrace.server.app;

import dev.millrace.replay.ProgressBar;
import dev.millrace.server.app.config.ConfigException;
import dev.millrace.server.app.config.ConfigLoader;
import dev.millrace.server.app.config.ServerConfig;
import dev.millrace.server.app.config.Setting;
import dev.millrace.server.app.config.Sourced;
import dev.millrace.server.demo.Demo;
import dev.millrace.server.demo.DemoOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace demo}. */
@Command(
    name = "demo",
    description = "Runs a server with a day of Wikipedia edits streaming in, until Ctrl-C.",
    footer = {
      "",
      "Starting it again goes on where it stopped. To begin anew, delete its directory."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The demo's data directory; ${DEFAULT-VALUE} by default.",
      defaultValue = "millrace-demo")
  private Path data = Path.of("");

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "The address to listen on; ${DEFAULT-VALUE} by default.",
      defaultValue = "127.0.0.1:8080")
  private String listen = "";

  @Option(
      names = "--speed",
      paramLabel = "FACTOR",
      description =
          "How many times faster than they were made edits come in; ${DEFAULT-VALUE} by default.",
      defaultValue = "30")
  private double speed;

  private final PrintStream out = System.out;

  @Override
  public Integer call() throws IOException {
    if (!(speed > 0) || Double.isInfinite(speed)) {
      throw new ConfigException("the flag --speed: must be more than 0, found '" + speed + "'");
    }
    long start = Startup.nanos();
    ServerConfig settings =
        new ConfigLoader(System.getenv(), Runtime.getRuntime().availableProcessors())
            .load(null, flags());
    Logging.configure(settings.log());
    Files.createDirectories(settings.data());
    Running running =
        Startup.stoppedBySignal(
            () -> start(settings, start),
            started -> {
              started.demo().stop();
              started.server().stop();
              out.println("Stopped. The same command goes on from here.");
            });
    try {
      running.demo().run();
    } finally {
      running.server().stop();
    }
    return 0;
  }

  private record Running(Server server, Demo demo) {}

  private Running start(ServerConfig settings, long start) {
    Server server = Server.start(settings, start, Wiring::parts);
    DemoOptions options =
        new DemoOptions(
            address(server.address()), settings.data(), speed, ProgressBar.onTerminal());
    return new Running(server, new Demo(options, out, InstantSource.system()));
  }

  private Map<Setting, Sourced> flags() {
    Map<Setting, Sourced> flags = new EnumMap<>(Setting.class);
    flags.put(Setting.DATA, new Sourced(data.toString(), "the flag --data"));
    flags.put(Setting.LISTEN, new Sourced(listen, "the flag --listen"));
    // The screen belongs to the demo.
    flags.put(Setting.LOG_LEVEL, new Sourced("warn", "the demo"));
    return flags;
  }

  private static String address(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
