package dev.millrace.server.storage.lmdb;

import dev.millrace.server.error.StorageException;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;

/** What LMDB's result codes mean to those above. */
final class LmdbErrors {
  private static final int CORRUPTED = -30796;
  private static final int PAGE_NOT_FOUND = -30797;
  private static final int VERSION_MISMATCH = -30794;
  private static final int INVALID = -30793;
  private static final int MAP_FULL = -30792;
  private static final int FILE_TOO_LARGE = 27;
  private static final int NO_SPACE = 28;
  private static final int QUOTA_EXCEEDED = 122;

  private LmdbErrors() {}

  static StorageException map(String what, LmdbException e) {
    if (e instanceof LmdbNativeException coded) {
      return switch (coded.getResultCode()) {
        case MAP_FULL -> new StorageException.Full(what + ": the map is full", e);
        case NO_SPACE, QUOTA_EXCEEDED -> new StorageException.Full(what + ": the disk is full", e);
        case FILE_TOO_LARGE ->
            new StorageException.Full(what + ": the file may not grow any more", e);
        case CORRUPTED, PAGE_NOT_FOUND, VERSION_MISMATCH, INVALID ->
            new StorageException.Corrupt(what, e);
        default -> new StorageException.Unavailable(what, e);
      };
    }
    return new StorageException.Unavailable(what, e);
  }
}
