package dev.millrace.server.backup;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.storage.Storage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Makes backups while the store is in use, one at a time. The shards are copied to a temporary
 * directory first, so that a slow reader doesn't hold a state of the store open. Thread-safe.
 */
public final class Backups {
  private final Storage storage;
  private final Path temporary;
  private final Semaphore one = new Semaphore(1);

  /**
   * @param temporary where the copy goes, with room for as much as the store has live data. It is
   *     this object's alone, and what a process that was killed left there is removed
   */
  public Backups(Storage storage, Path temporary) {
    this.storage = storage;
    this.temporary = temporary;
    clear();
  }

  /**
   * Takes the copy. What was acknowledged before the call is part of it. Takes as long as it takes
   * to copy the store's live data.
   *
   * @throws ApiException.Unavailable if another backup is under way
   */
  public Copy take() {
    if (!one.tryAcquire()) {
      throw new ApiException.Unavailable("another backup is under way; try again when it is done");
    }
    try {
      Files.createDirectories(temporary);
      storage.copyTo(temporary);
      return new Copy();
    } catch (IOException e) {
      done();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      done();
      throw e;
    }
  }

  private void done() {
    try {
      clear();
    } finally {
      one.release();
    }
  }

  private void clear() {
    try {
      Directories.remove(temporary);
    } catch (IOException e) {
      throw new UncheckedIOException("can't remove " + temporary, e);
    }
  }

  /** A copy of the store, there until it is closed. Used by one thread. */
  public final class Copy implements AutoCloseable {
    private boolean closed;

    private Copy() {}

    /** Writes the backup's file. The stream isn't closed. */
    public void writeTo(OutputStream out) throws IOException {
      ZipOutputStream zip = new ZipOutputStream(out);
      // Most of it is compressed already; what isn't, such as free room in pages, costs little.
      zip.setLevel(Deflater.BEST_SPEED);
      List<Path> files = Directories.files(temporary);
      long bytes = 0;
      for (Path file : files) {
        zip.putNextEntry(new ZipEntry(temporary.relativize(file).toString().replace('\\', '/')));
        bytes += Files.copy(file, zip);
        zip.closeEntry();
      }
      zip.putNextEntry(new ZipEntry(Manifest.NAME));
      Manifest manifest = new Manifest(storage.stats().shards(), files.size(), bytes);
      zip.write(manifest.text().getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
      zip.finish();
      zip.flush();
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        done();
      }
    }
  }
}
