package dev.millrace.server.query.operator;

import java.util.Arrays;

/** Numbers keys from 0 in the order in which they come. Open addressing; not thread-safe. */
final class LongIntMap {
  private static final int INITIAL = 16;

  private long[] keys = new long[INITIAL];
  private int[] table = new int[INITIAL * 2];
  private int size;

  int size() {
    return size;
  }

  /** The key with a number. */
  long key(int number) {
    return keys[number];
  }

  /** The number of a key, the next if it is new. */
  int number(long key) {
    int mask = table.length - 1;
    int slot = slot(key, mask);
    while (true) {
      int entry = table[slot];
      if (entry == 0) {
        return add(key, slot);
      }
      if (keys[entry - 1] == key) {
        return entry - 1;
      }
      slot = (slot + 1) & mask;
    }
  }

  private int add(long key, int slot) {
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, size * 2);
      table = new int[size * 4];
      for (int i = 0; i < size; i++) {
        place(keys[i], i + 1);
      }
      keys[size++] = key;
      place(key, size);
    } else {
      keys[size++] = key;
      table[slot] = size;
    }
    return size - 1;
  }

  private void place(long key, int entry) {
    int mask = table.length - 1;
    int slot = slot(key, mask);
    while (table[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    table[slot] = entry;
  }

  private static int slot(long key, int mask) {
    long mixed = key * 0x9E3779B97F4A7C15L;
    return (int) (mixed ^ (mixed >>> 32)) & mask;
  }
}
