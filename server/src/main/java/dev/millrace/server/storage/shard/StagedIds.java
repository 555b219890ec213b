package dev.millrace.server.storage.shard;

import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.Slice;
import dev.millrace.server.event.TextField;
import java.util.Arrays;

/** The ids of events that have been applied but not committed, with where their bytes are. */
final class StagedIds {
  private static final int INITIAL = 1024;

  private int[] slots = new int[INITIAL * 2];
  private long[] hashes = new long[INITIAL];
  private int[] projects = new int[INITIAL];
  private int[] rows = new int[INITIAL];
  private EventBatch[] batches = new EventBatch[INITIAL];
  private int size;

  /** Whether an event is staged already. */
  boolean contains(long hash, int project, EventBatch batch, int row) {
    int mask = slots.length - 1;
    for (int slot = home(hash, mask); slots[slot] != 0; slot = (slot + 1) & mask) {
      int at = slots[slot] - 1;
      if (hashes[at] == hash
          && projects[at] == project
          && same(batches[at], rows[at], batch, row)) {
        return true;
      }
    }
    return false;
  }

  private static boolean same(EventBatch one, int oneRow, EventBatch other, int otherRow) {
    return same(TextField.EVENT_ID, one, oneRow, other, otherRow)
        && same(TextField.USER_ID, one, oneRow, other, otherRow);
  }

  private static boolean same(
      TextField field, EventBatch one, int oneRow, EventBatch other, int otherRow) {
    long a = one.text(field, oneRow);
    long b = other.text(field, otherRow);
    if (a == Slice.ABSENT || b == Slice.ABSENT) {
      return a == b;
    }
    int from = Slice.offset(a);
    int otherFrom = Slice.offset(b);
    return Arrays.equals(
        one.heap(),
        from,
        from + Slice.length(a),
        other.heap(),
        otherFrom,
        otherFrom + Slice.length(b));
  }

  void add(long hash, int project, EventBatch batch, int row) {
    if (size == hashes.length) {
      grow();
    }
    hashes[size] = hash;
    projects[size] = project;
    batches[size] = batch;
    rows[size] = row;
    size++;
    place(size);
  }

  private void place(int mark) {
    int mask = slots.length - 1;
    int slot = home(hashes[mark - 1], mask);
    while (slots[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    slots[slot] = mark;
  }

  private static int home(long hash, int mask) {
    return (int) (hash >>> 32) & mask;
  }

  private void grow() {
    int capacity = size * 2;
    hashes = Arrays.copyOf(hashes, capacity);
    projects = Arrays.copyOf(projects, capacity);
    batches = Arrays.copyOf(batches, capacity);
    rows = Arrays.copyOf(rows, capacity);
    slots = new int[capacity * 2];
    for (int mark = 1; mark <= size; mark++) {
      place(mark);
    }
  }

  /** Forgets everything, also the batches. */
  void clear() {
    Arrays.fill(batches, 0, size, null);
    Arrays.fill(slots, 0);
    size = 0;
  }
}
