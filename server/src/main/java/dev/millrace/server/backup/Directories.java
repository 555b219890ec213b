package dev.millrace.server.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Trees of files. */
final class Directories {
  private Directories() {}

  /** The files below a directory, in a fixed order. */
  static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Removes a directory with all that is in it; nothing happens if it isn't there. */
  static void remove(Path directory) throws IOException {
    if (Files.exists(directory)) {
      List<Path> deepestFirst;
      try (Stream<Path> paths = Files.walk(directory)) {
        deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    }
  }

  /** Forces everything below a directory to disk, and the directory itself. */
  static void sync(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.walk(directory)) {
      all = paths.toList();
    }
    for (Path path : all) {
      syncOne(path);
    }
  }

  /** Forces a file, or the names in a directory, to disk. */
  static void syncOne(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
