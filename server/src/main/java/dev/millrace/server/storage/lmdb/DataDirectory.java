package dev.millrace.server.storage.lmdb;

import dev.millrace.server.error.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A data directory, held by one process at a time.
 *
 * <pre>
 * lock              held while a process has the directory open
 * format            "millrace-data version=1 shards=N": written when the directory is made
 * shard-N/log/      the LMDB environment of a shard that is written with every commit
 * shard-N/segments/ the LMDB environment of its sealed segments
 * backup/           a copy of the shards while a backup is under way; removed at the next start
 * </pre>
 */
final class DataDirectory implements AutoCloseable {
  static final int VERSION = 1;
  private static final Pattern FORMAT =
      Pattern.compile("millrace-data version=(\\d{1,9}) shards=(\\d{1,9})\\s*");

  private final Path directory;
  private final FileChannel channel;
  private final int shards;

  private DataDirectory(Path directory, FileChannel channel, int shards) {
    this.directory = directory;
    this.channel = channel;
    this.shards = shards;
  }

  /**
   * Opens a directory, made if it isn't there.
   *
   * @param wanted the number of shards, or 0 for what the directory has
   * @param fallback the number of shards of a new directory if {@code wanted} is 0
   * @throws StorageException.InUse if another process, or this one, has it open
   * @throws StorageException.Unavailable if it can't be read or written, or has another number of
   *     shards
   */
  static DataDirectory open(Path directory, int wanted, int fallback) {
    FileChannel channel = lock(directory);
    try {
      return new DataDirectory(directory, channel, shards(directory, wanted, fallback));
    } catch (IOException e) {
      close(channel);
      throw new StorageException.Unavailable("can't read " + directory, e);
    } catch (RuntimeException e) {
      close(channel);
      throw e;
    }
  }

  private static FileChannel lock(Path directory) {
    FileChannel channel = null;
    try {
      Files.createDirectories(directory);
      channel =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException _) {
      // Held by this very process; no different from another.
    } catch (IOException e) {
      close(channel);
      throw new StorageException.Unavailable("can't lock " + directory, e);
    }
    close(channel);
    throw new StorageException.InUse(directory + " is open in another process");
  }

  private static int shards(Path directory, int wanted, int fallback) throws IOException {
    Path file = directory.resolve("format");
    String format;
    try {
      format = Files.readString(file);
    } catch (NoSuchFileException _) {
      int shards = wanted == 0 ? fallback : wanted;
      if (Files.exists(directory.resolve("shard-0"))) {
        throw new StorageException.Corrupt(file + " is missing", null);
      }
      writeFormat(directory, shards);
      return shards;
    }
    Matcher matcher = FORMAT.matcher(format);
    if (!matcher.matches()) {
      throw new StorageException.Corrupt(file + " isn't a Millrace data format", null);
    }
    int version = Integer.parseInt(matcher.group(1));
    if (version > VERSION) {
      throw new StorageException.TooNew(directory.toString(), version, VERSION);
    }
    if (version < VERSION) {
      throw new StorageException.TooOld(directory.toString(), version, VERSION);
    }
    int shards = Integer.parseInt(matcher.group(2));
    if (wanted != 0 && wanted != shards) {
      throw new StorageException.Unavailable(
          "%s was made with %d shards, which can't be changed to %d"
              .formatted(directory, shards, wanted),
          null);
    }
    return shards;
  }

  static void writeFormat(Path directory, int shards) throws IOException {
    DurableFiles.write(
        directory.resolve("format"),
        "millrace-data version=%d shards=%d%n".formatted(VERSION, shards));
  }

  int shards() {
    return shards;
  }

  Path log(int shard) {
    return directory.resolve("shard-" + shard).resolve("log");
  }

  Path segments(int shard) {
    return directory.resolve("shard-" + shard).resolve("segments");
  }

  @Override
  public void close() {
    close(channel);
  }

  private static void close(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new StorageException.Unavailable("can't release the lock", e);
      }
    }
  }
}
