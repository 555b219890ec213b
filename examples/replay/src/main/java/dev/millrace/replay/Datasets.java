package dev.millrace.replay;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The data sets there are: one that comes along, and files in the known formats. */
public final class Datasets {
  private static final String SHIPPED = "wikiticker-2015-09-12-sampled.json.gz";

  private Datasets() {}

  /** The formats of files. */
  public enum Kind {
    /** Wikipedia edits as JSON lines. */
    WIKIPEDIA,
    /** Access logs in the common or combined form. */
    ACCESS_LOG,
    /** The NASA access log as tab-separated values. */
    NASA,
    /** Invoices of an online shop as CSV. */
    ONLINE_RETAIL,
    /** CDNOW's purchases. */
    CDNOW,
    /** A test of two landing pages as CSV. */
    AB_TEST
  }

  /** A day of Wikipedia edits, 39,244 of them, which comes with this program. */
  public static Dataset wikipediaEdits() {
    return new LineDataset(SHIPPED, new WikipediaEdits(), Datasets::openShipped);
  }

  /**
   * The same edits as another day's: with ids of their own.
   *
   * @param lap 0 for {@link #wikipediaEdits()}, and more for each further day
   */
  public static Dataset wikipediaEdits(long lap) {
    return lap == 0
        ? wikipediaEdits()
        : new LineDataset(SHIPPED + "@" + lap, new WikipediaEdits(), Datasets::openShipped);
  }

  /**
   * A file. It may be packed with gzip or zip. For {@link Kind#AB_TEST} a {@code
   * countries.csv[.gz]} beside it says where users are from.
   *
   * @throws IOException if a file beside it can't be read
   */
  public static Dataset file(Kind kind, Path file) throws IOException {
    Path name = file.getFileName();
    Format format =
        switch (kind) {
          case WIKIPEDIA -> new WikipediaEdits();
          case ACCESS_LOG -> new AccessLog();
          case NASA -> new NasaLog();
          case ONLINE_RETAIL -> new OnlineRetail();
          case CDNOW -> new Cdnow();
          case AB_TEST -> new LandingPageTest(countries(file));
        };
    return new LineDataset(
        name == null ? file.toString() : name.toString(), format, () -> Files.newInputStream(file));
  }

  private static Map<String, String> countries(Path beside) throws IOException {
    for (String name : List.of("countries.csv", "countries.csv.gz")) {
      Path file = beside.resolveSibling(name);
      if (Files.exists(file)) {
        Map<String, String> countries = new HashMap<>();
        try (Stream<String> lines = Lines.of(() -> Files.newInputStream(file))) {
          lines.skip(1).map(Csv::split).forEach(row -> countries.put(row.get(0), row.get(1)));
        }
        return countries;
      }
    }
    return Map.of();
  }

  private static InputStream openShipped() throws IOException {
    InputStream data = Datasets.class.getResourceAsStream("/dev/millrace/replay/" + SHIPPED);
    if (data == null) {
      throw new FileNotFoundException(SHIPPED + " isn't in this build");
    }
    return data;
  }
}
