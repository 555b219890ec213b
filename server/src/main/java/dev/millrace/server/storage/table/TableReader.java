package dev.millrace.server.storage.table;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads tables in one state. Keys are ordered as unsigned bytes, a prefix before what it begins.
 *
 * <p>Buffers are read-only, big-endian, and begin at position 0. They stay valid until the reader
 * ends. Confined to one thread at a time.
 */
public interface TableReader {
  /** The value of a key, or null if there is none. */
  @Nullable ByteBuffer get(Table table, byte[] key);

  /** Visits the entries whose keys aren't less than {@code from}, ascending. */
  void scan(Table table, byte[] from, EntryVisitor visitor);

  /** Visits the entries whose keys aren't greater than {@code from}, descending. */
  void scanBackward(Table table, byte[] from, EntryVisitor visitor);

  /** Sees one entry after the other; must not write to the tables. */
  @FunctionalInterface
  interface EntryVisitor {
    /**
     * @return whether to go on
     */
    boolean visit(ByteBuffer key, ByteBuffer value);
  }
}
