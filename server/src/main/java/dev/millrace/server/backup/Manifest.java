package dev.millrace.server.backup;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last entry of a backup: its being there says that the backup is whole.
 *
 * @param shards of the store
 * @param files before it in the archive
 * @param bytes of those files
 */
record Manifest(int shards, long files, long bytes) {
  static final String NAME = "millrace-backup";
  private static final int VERSION = 1;
  private static final Pattern TEXT =
      Pattern.compile(
          "version=(\\d{1,9}) shards=(\\d{1,9}) files=(\\d{1,18}) bytes=(\\d{1,18})\\s*");

  String text() {
    return "version=%d shards=%d files=%d bytes=%d%n".formatted(VERSION, shards, files, bytes);
  }

  static Manifest parse(String text) throws BackupException {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new BackupException("its manifest can't be read");
    }
    int version = Integer.parseInt(matcher.group(1));
    if (version != VERSION) {
      throw new BackupException(
          "it has format %d, this Millrace reads %d".formatted(version, VERSION));
    }
    return new Manifest(
        Integer.parseInt(matcher.group(2)),
        Long.parseLong(matcher.group(3)),
        Long.parseLong(matcher.group(4)));
  }
}
