package dev.millrace.server.log.format.v1;

import dev.millrace.server.event.Column;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a block: where its columns are. Paths of properties are compared as bytes, so
 * that a block with many of them is opened without making a string of each.
 */
final class Directory {
  private static final int CORE_COLUMNS = Column.Core.values().length;

  private final byte[] header;
  private final int[] entryAt;
  private final int[] columnAt;
  private final int[] core = new int[CORE_COLUMNS];
  private final int firstProperty;
  private @Nullable List<String> paths;

  /**
   * Reads the directory of a header whose checksum is right.
   *
   * @throws IllegalArgumentException if it isn't one
   * @throws IndexOutOfBoundsException likewise
   * @throws ArithmeticException likewise
   */
  Directory(byte[] header, int columns, int blockLength) {
    this.header = header;
    if (columns < 2 || columns > header.length / BlockLayout.ENTRY_LENGTH) {
      throw new IllegalArgumentException("a directory of %d columns".formatted(columns));
    }
    entryAt = new int[columns];
    columnAt = new int[columns + 1];
    Arrays.fill(core, -1);
    int at = BlockLayout.DIRECTORY_AT;
    int offset = header.length;
    int cores = 0;
    for (int i = 0; i < columns; i++) {
      entryAt[i] = at;
      columnAt[i] = offset;
      offset = Math.addExact(offset, columnLength(at));
      int id = header[at] & 0xff;
      check(i, id);
      if (id < CORE_COLUMNS) {
        core[id] = i;
        cores++;
      }
      at += BlockLayout.ENTRY_LENGTH;
      if (id == BlockLayout.ID_PROPERTY) {
        at = Math.addExact(at + 4, pathLength(at));
      }
    }
    columnAt[columns] = offset;
    firstProperty = 2 + cores;
    if (at != header.length || offset != blockLength) {
      throw new IllegalArgumentException(
          "a directory of %d bytes for %d bytes".formatted(at, offset));
    }
  }

  private int columnLength(int at) {
    int length = Bytes.getInt(header, at + BlockLayout.ENTRY_COLUMN_LENGTH_AT);
    if (length < 0) {
      throw new IllegalArgumentException("a column of %d bytes".formatted(length));
    }
    return length;
  }

  private int pathLength(int at) {
    int length = Bytes.getInt(header, at);
    if (length < 0) {
      throw new IllegalArgumentException("a path of %d bytes".formatted(length));
    }
    return length;
  }

  private void check(int index, int id) {
    boolean right =
        switch (index) {
          case 0 -> id == BlockLayout.ID_TIMES;
          case 1 -> id == BlockLayout.ID_RECEIVED;
          default -> id < CORE_COLUMNS || id == BlockLayout.ID_PROPERTY;
        };
    if (!right) {
      throw new IllegalArgumentException("unknown column %d".formatted(id));
    }
  }

  int columns() {
    return entryAt.length;
  }

  /** The index of a column, or -1. */
  int find(Column column) {
    return switch (column) {
      case Column.Core known -> core[known.ordinal()];
      case Column.Property property -> findPath(property.path().getBytes(StandardCharsets.UTF_8));
    };
  }

  private int findPath(byte[] path) {
    int low = firstProperty;
    int high = entryAt.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int from = pathAt(middle);
      int to = from + Bytes.getInt(header, from - 4);
      int order = Arrays.compareUnsigned(header, from, to, path, 0, path.length);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  private int pathAt(int index) {
    return entryAt[index] + BlockLayout.ENTRY_LENGTH + 4;
  }

  /** The paths of properties, ascending. */
  List<String> paths() {
    List<String> known = paths;
    if (known == null) {
      List<String> read = new ArrayList<>(entryAt.length - firstProperty);
      for (int i = firstProperty; i < entryAt.length; i++) {
        int from = pathAt(i);
        int length = Bytes.getInt(header, from - 4);
        read.add(new String(header, from, length, StandardCharsets.UTF_8));
      }
      known = Collections.unmodifiableList(read);
      paths = known;
    }
    return known;
  }

  /** Where a column begins in the block. */
  int offset(int index) {
    return columnAt[index];
  }

  int length(int index) {
    return columnAt[index + 1] - columnAt[index];
  }

  int crc(int index) {
    return Bytes.getInt(header, entryAt[index] + BlockLayout.ENTRY_CRC_AT);
  }
}
