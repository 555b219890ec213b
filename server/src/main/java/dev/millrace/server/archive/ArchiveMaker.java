package dev.millrace.server.archive;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes the archive of a jar: runs a server from it for a few seconds, with some requests of each
 * kind, while the JVM records what it loads and compiles. The archive serves this JVM, this jar at
 * this place and with this date, and this processor; everything else starts as if there was none.
 */
public final class ArchiveMaker {
  private static final int END_SECONDS = 120;

  private final Path jar;

  public ArchiveMaker(Path jar) {
    this.jar = jar;
  }

  /**
   * Makes the archive, in place of one that is there.
   *
   * @return where it is
   * @throws IOException if it can't be made, with what the JVM said
   */
  public Path make() throws IOException, InterruptedException {
    String name = ArchiveName.of(jar.toString());
    if (name == null) {
      throw new IOException(jar + " isn't a jar");
    }
    Path archive = Path.of(name);
    Path folder = Files.createTempDirectory("millrace-archive");
    Path made = Path.of(name + ".new");
    try {
      train(folder, made);
      Files.move(made, archive, StandardCopyOption.REPLACE_EXISTING);
      return archive;
    } finally {
      Files.deleteIfExists(made);
      delete(folder);
    }
  }

  private void train(Path folder, Path made) throws IOException, InterruptedException {
    int port = freePort();
    Path log = folder.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:AOTCacheOutput=" + made,
            "--sun-misc-unsafe-memory-access=allow",
            "-jar",
            jar.toString(),
            "serve",
            "--data=" + folder.resolve("data"),
            "--listen=127.0.0.1:" + port,
            "--shards=1");
    // The settings and flags of whoever makes the archive aren't those of who will use it.
    builder.environment().keySet().removeIf(ArchiveMaker::changesTheServer);
    Process server = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      new Training(server::isAlive, port).run();
      server.destroy();
      if (!server.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("the JVM didn't end in " + END_SECONDS + " s");
      }
      if (!Files.exists(made)) {
        throw new IOException("the JVM made none");
      }
    } catch (IOException e) {
      throw new IOException(e.getMessage() + ":\n" + Files.readString(log), e);
    } finally {
      server.descendants().forEach(ProcessHandle::destroyForcibly);
      server.destroyForcibly();
    }
  }

  private static boolean changesTheServer(String variable) {
    return variable.startsWith("MILLRACE_") || Restart.FLAG_VARIABLES.contains(variable);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
