package dev.millrace.server.backup;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/** Makes a data directory of a backup. */
public final class Restoring {
  private static final String SHARDS = "shard-\\d{1,9}/(log|segments)/data\\.mdb";

  private Restoring() {}

  /** What turns a directory with copies of shards into a data directory. */
  @FunctionalInterface
  public interface Finish {
    void finish(Path directory, int shards) throws IOException;
  }

  /**
   * Restores. The directory appears whole or not at all: everything goes to {@code
   * DIRECTORY.restoring} first, which is removed if it fails.
   *
   * @param directory not there yet, or empty
   * @throws BackupException if the file isn't a whole backup, or the directory isn't empty
   */
  public static void restore(Path file, Path directory, Finish finish)
      throws IOException, BackupException {
    Path target = directory.toAbsolutePath().normalize();
    refuseUsed(target);
    check(file);
    Path arriving = target.resolveSibling(target.getFileName() + ".restoring");
    Directories.remove(arriving);
    try {
      Files.createDirectories(arriving);
      finish.finish(arriving, unpack(file, arriving));
      Directories.sync(arriving);
      Files.deleteIfExists(target);
      Files.move(arriving, target, StandardCopyOption.ATOMIC_MOVE);
      Path parent = target.getParent();
      if (parent != null) {
        Directories.syncOne(parent);
      }
    } finally {
      Directories.remove(arriving);
    }
  }

  private static void refuseUsed(Path target) throws IOException, BackupException {
    if (target.getFileName() == null) {
      throw new BackupException(target + " can't be a data directory");
    }
    if (Files.isDirectory(target)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(target)) {
        if (entries.iterator().hasNext()) {
          throw new BackupException(target + " isn't empty");
        }
      }
    } else if (Files.exists(target)) {
      throw new BackupException(target + " is a file");
    }
  }

  /**
   * Says whether a file is whole as far as its end tells; its contents are checked on restoring.
   *
   * @throws BackupException if it was cut off or is something else
   */
  public static void check(Path file) throws IOException, BackupException {
    if (!Files.isRegularFile(file)) {
      throw new BackupException(file + " isn't a file");
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      if (zip.getEntry(Manifest.NAME) == null) {
        throw new BackupException(file + " isn't a backup of Millrace");
      }
    } catch (ZipException e) {
      throw new BackupException(file + " is cut off, or isn't a backup", e);
    }
  }

  private static int unpack(Path file, Path into) throws IOException, BackupException {
    Manifest manifest = null;
    long files = 0;
    long bytes = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(Manifest.NAME)) {
          manifest = Manifest.parse(new String(zip.readAllBytes(), StandardCharsets.UTF_8));
        } else {
          files++;
          bytes += unpack(zip, entry.getName(), into);
        }
      }
    } catch (ZipException | EOFException e) {
      throw new BackupException(file + " is damaged: " + e.getMessage(), e);
    }
    return shards(file, manifest, files, bytes);
  }

  private static long unpack(ZipInputStream zip, String name, Path into)
      throws IOException, BackupException {
    // Also keeps names such as ../x from leading anywhere.
    if (!name.matches(SHARDS)) {
      throw new BackupException("a backup has no file " + name);
    }
    Path target = into.resolve(name);
    Files.createDirectories(target.resolve("..").normalize());
    return Files.copy(zip, target);
  }

  private static int shards(Path file, @Nullable Manifest manifest, long files, long bytes)
      throws BackupException {
    if (manifest == null || manifest.files() != files || manifest.bytes() != bytes) {
      throw new BackupException(file + " isn't whole: files are missing");
    }
    return manifest.shards();
  }
}
