package dev.millrace.server.app;

import dev.millrace.server.app.config.ServerConfig;
import dev.millrace.server.archive.ArchiveMaker;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace prepare}. */
@Command(
    name = "prepare",
    description = "Makes the archive beside the jar from which this Java starts it quickly.",
    footer = {
      "",
      "The build does it for the Java that it builds with. Do it again where another Java, a moved",
      "jar or another kind of processor is used; it takes some ten seconds."
    },
    mixinStandardHelpOptions = true)
final class PrepareCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    if (spec == null) {
      throw new IllegalStateException("not run by the command line");
    }
    Logging.configure(new ServerConfig.Log("warn", false));
    try {
      Path archive = new ArchiveMaker(Path.of(System.getProperty("java.class.path", ""))).make();
      PrintWriter out = spec.commandLine().getOut();
      out.printf("%s, %d MB%n", archive, Files.size(archive) >> 20);
      out.flush();
      return 0;
    } catch (IOException e) {
      throw new StartException("the archive wasn't made: " + e.getMessage(), e);
    }
  }
}
