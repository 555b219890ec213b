package dev.millrace.replay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** A data set with an event a line. */
final class LineDataset implements Dataset {
  private final String name;
  private final Format format;
  private final Lines.Source source;

  LineDataset(String name, Format format, Lines.Source source) {
    this.name = name;
    this.format = format;
    this.source = source;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Stream<Recorded> events() throws IOException {
    AtomicLong rows = new AtomicLong();
    return Lines.of(source)
        .skip(format.hasHeader() ? 1 : 0)
        .filter(line -> !line.isBlank())
        .map(line -> read(rows.incrementAndGet(), line));
  }

  private Recorded read(long row, String line) {
    try {
      Format.Line read = format.read(line);
      return new Recorded(row, read.time(), read.event().eventId(id(row)));
    } catch (RuntimeException e) {
      throw new DataException("%s, row %d: %s".formatted(name, row, e.getMessage()), e);
    }
  }

  /** The same for the same row at every reading. */
  private String id(long row) {
    return UUID.nameUUIDFromBytes((name + '#' + row).getBytes(StandardCharsets.UTF_8)).toString();
  }
}
