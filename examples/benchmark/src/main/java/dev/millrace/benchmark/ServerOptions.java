package dev.millrace.benchmark;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server is measured. */
public final class ServerOptions {
  @Option(
      names = "--jar",
      description = "The packaged server; ${DEFAULT-VALUE} by default.",
      defaultValue = "server/target/millrace.jar")
  Path jar = Path.of("");

  @Option(
      names = "--java-options",
      split = " ",
      description = "What the server's JVM is given; ${DEFAULT-VALUE} by default.",
      defaultValue = "-Xmx512m")
  List<String> javaOptions = List.of();

  @Option(
      names = "--data",
      description = "The data directory; a temporary one by default, deleted at the end.")
  @Nullable Path data;

  @Option(
      names = "--serve-options",
      split = " ",
      description = "More arguments of `serve`, such as --shards=1.")
  List<String> serveOptions = List.of();
}
