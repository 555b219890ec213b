package dev.millrace.server.storage.table;

import dev.millrace.server.error.StorageException;
import java.nio.ByteBuffer;

/**
 * A change of the tables that happens as a whole or not at all, and that sees itself. Stays on the
 * thread that began it.
 *
 * <p>A buffer that was read stays valid to the end of the transaction if its entry had been
 * committed before, else only to the next write. After any exception only {@link #abort} may be
 * called.
 */
public interface WriteTransaction extends TableReader {
  /**
   * Adds or replaces an entry.
   *
   * @param key 1 to 511 bytes
   * @param value its bytes from position to limit, which aren't moved
   * @throws StorageException.Full if there is no room
   */
  void put(Table table, byte[] key, ByteBuffer value);

  /** Removes an entry if it is there. */
  void delete(Table table, byte[] key);

  /**
   * Makes the change durable, and visible to every snapshot opened from now on. Ends the
   * transaction whether it succeeds or not.
   *
   * @throws StorageException nothing of it has happened
   */
  void commit();

  /** Drops the change. Does nothing to a transaction that has ended. */
  void abort();
}
