package dev.millrace.replay;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The lines of a text, also of one that is packed with gzip or is the first file of a zip. */
final class Lines {
  private static final int BUFFER_BYTES = 64 << 10;

  private Lines() {}

  /** Where bytes come from. */
  interface Source {
    InputStream open() throws IOException;
  }

  static Stream<String> of(Source source) throws IOException {
    InputStream raw = new BufferedInputStream(source.open(), BUFFER_BYTES);
    try {
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(unpack(raw), StandardCharsets.UTF_8));
      return reader.lines().onClose(() -> close(reader));
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  private static InputStream unpack(InputStream raw) throws IOException {
    raw.mark(4);
    int first = raw.read();
    int second = raw.read();
    raw.reset();
    if (first == 0x1f && second == 0x8b) {
      return new GZIPInputStream(raw, BUFFER_BYTES);
    }
    if (first == 'P' && second == 'K') {
      ZipInputStream zip = new ZipInputStream(raw);
      ZipEntry entry = zip.getNextEntry();
      while (entry != null && entry.isDirectory()) {
        entry = zip.getNextEntry();
      }
      if (entry == null) {
        throw new IOException("the zip has no file in it");
      }
      return zip;
    }
    return raw;
  }

  private static void close(BufferedReader reader) {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
