package dev.millrace.server.event;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The property paths of a batch as a tree of keys, with a column for each path that has values.
 *
 * <p>Events of one client mostly have the same keys in the same order, so each path remembers which
 * path followed it last; the hash table is asked only when that guess is wrong. Not thread-safe.
 */
final class PropertyPaths {
  static final int ROOT = 0;
  private static final int INITIAL = 64;

  private final List<PropertyColumn> columns = new ArrayList<>();
  private int[] parents = new int[INITIAL];
  private byte[][] keys = new byte[INITIAL][];
  private String[] names = new String[INITIAL];
  private @Nullable PropertyColumn[] columnOf = new PropertyColumn[INITIAL];
  private int[] successors = new int[INITIAL];
  private int[] lastRows = new int[INITIAL];
  private int[] table = new int[INITIAL * 2];
  private int size = 1;
  private int last;

  PropertyPaths() {
    keys[ROOT] = new byte[0];
    names[ROOT] = "";
  }

  /** The number of paths, the root not counted. */
  int size() {
    return size - 1;
  }

  List<PropertyColumn> columns() {
    return columns;
  }

  /**
   * The path of a key below a parent, made if new.
   *
   * @throws BrokenEvent if a new key can't be one
   */
  int child(int parent, byte[] source, int offset, int length) {
    int guess = successors[last];
    if (guess != ROOT && parents[guess] == parent && matches(guess, source, offset, length)) {
      last = guess;
      return guess;
    }
    int found = lookUp(parent, source, offset, length);
    successors[last] = found;
    last = found;
    return found;
  }

  /** Notes that a row has a path, and says whether it was noted before for the same row. */
  boolean repeats(int path, int row) {
    // Rows count from 0, and 0 stands for none.
    boolean before = lastRows[path] == row + 1;
    lastRows[path] = row + 1;
    return before;
  }

  /** Takes away the values that the newest row has at a path and below it. */
  void forget(int top, int row) {
    for (int path = 0; path < size; path++) {
      if (lastRows[path] == row + 1 && within(path, top)) {
        PropertyColumn column = columnOf[path];
        if (column != null) {
          column.removeLast(row);
        }
        if (path != top) {
          lastRows[path] = 0;
        }
      }
    }
  }

  private boolean within(int path, int top) {
    int at = path;
    while (at != top && at != ROOT) {
      at = parents[at];
    }
    return at == top;
  }

  String name(int path) {
    return names[path];
  }

  PropertyColumn column(int path) {
    PropertyColumn column = columnOf[path];
    if (column == null) {
      column = new PropertyColumn(names[path]);
      columnOf[path] = column;
      columns.add(column);
    }
    return column;
  }

  private boolean matches(int path, byte[] source, int offset, int length) {
    byte[] key = keys[path];
    if (key.length != length) {
      return false;
    }
    // Keys are short: a loop of our own beats the vectors of Arrays.equals.
    for (int i = 0; i < length; i++) {
      if (key[i] != source[offset + i]) {
        return false;
      }
    }
    return true;
  }

  private int lookUp(int parent, byte[] source, int offset, int length) {
    int mask = table.length - 1;
    int slot = hash(parent, source, offset, length) & mask;
    while (table[slot] != 0) {
      int path = table[slot];
      if (parents[path] == parent && matches(path, source, offset, length)) {
        return path;
      }
      slot = (slot + 1) & mask;
    }
    EventLimits.checkKey(source, offset, length);
    return insert(parent, Arrays.copyOfRange(source, offset, offset + length));
  }

  private int insert(int parent, byte[] key) {
    if (size == parents.length) {
      grow();
    }
    int path = size++;
    parents[path] = parent;
    keys[path] = key;
    names[path] = PropertyPath.child(names[parent], new String(key, StandardCharsets.UTF_8));
    place(path);
    return path;
  }

  private void grow() {
    int capacity = size * 2;
    parents = Arrays.copyOf(parents, capacity);
    keys = Arrays.copyOf(keys, capacity);
    names = Arrays.copyOf(names, capacity);
    columnOf = Arrays.copyOf(columnOf, capacity);
    successors = Arrays.copyOf(successors, capacity);
    lastRows = Arrays.copyOf(lastRows, capacity);
    table = new int[capacity * 2];
    for (int path = 1; path < size; path++) {
      place(path);
    }
  }

  private void place(int path) {
    int mask = table.length - 1;
    int slot = hash(parents[path], keys[path], 0, keys[path].length) & mask;
    while (table[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    table[slot] = path;
  }

  private static int hash(int parent, byte[] source, int offset, int length) {
    int hash = parent * 0x9E3779B9 + length;
    for (int i = offset; i < offset + length; i++) {
      hash = hash * 31 + source[i];
    }
    return hash ^ (hash >>> 15);
  }
}
