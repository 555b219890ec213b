package dev.millrace.server.demo;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Properties;

/**
 * How far the demo has come, kept beside its data so that a second start goes on instead of
 * beginning anew. It may lag behind what is stored; the events sent again then are duplicates.
 *
 * @param start what became of the day's pivot at the first start
 * @param lap how often the whole day has been replayed
 * @param rows events of this lap that are stored
 */
record DemoState(Instant start, long lap, long rows) {
  private static final String FILE = "demo.properties";

  /** The state in a data directory, or that of a beginning. */
  static DemoState load(Path data, Instant now) throws IOException {
    Path file = data.resolve(FILE);
    if (!Files.exists(file)) {
      return new DemoState(now, 0, 0);
    }
    Properties kept = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      kept.load(reader);
      return new DemoState(
          Instant.parse(kept.getProperty("start", "")),
          Long.parseLong(kept.getProperty("lap", "")),
          Long.parseLong(kept.getProperty("rows", "")));
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new IOException(
          file + " isn't the state of a demo; delete the directory to start anew", e);
    }
  }

  DemoState at(long newLap, long newRows) {
    return new DemoState(start, newLap, newRows);
  }

  /** Replaces the state in a data directory, as a whole or not at all. */
  void save(Path data) throws IOException {
    Properties kept = new Properties();
    kept.setProperty("start", start.toString());
    kept.setProperty("lap", Long.toString(lap));
    kept.setProperty("rows", Long.toString(rows));
    Path next = data.resolve(FILE + ".new");
    try (Writer writer = Files.newBufferedWriter(next, StandardCharsets.UTF_8)) {
      kept.store(writer, "How far the demo has come");
    }
    Files.move(
        next,
        data.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
