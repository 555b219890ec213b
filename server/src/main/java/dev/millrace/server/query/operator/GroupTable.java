package dev.millrace.server.query.operator;

import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.query.time.BucketRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The groups that events fall into, numbered from 0: first by the keys of their fields (a row of an
 * answer without buckets), then by bucket (a cell). Not thread-safe.
 */
public final class GroupTable {
  private final Keys[] fields;

  /** Pairs of (group of the fields before, key of the field); the last one numbers the groups. */
  private final LongIntMap[] pairs;

  private final LongIntMap buckets = new LongIntMap();
  private final LongIntMap cells = new LongIntMap();
  private final boolean bucketed;
  private long bucketStart = 1;
  private long bucketEnd;
  private int bucket;

  public GroupTable(int fieldCount, boolean bucketed) {
    this.bucketed = bucketed;
    fields = new Keys[fieldCount];
    pairs = new LongIntMap[Math.max(0, fieldCount - 1)];
    for (int i = 0; i < fieldCount; i++) {
      fields[i] = new Keys();
    }
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = new LongIntMap();
    }
  }

  /** The number of groups by fields; 1 if there are no fields. */
  public int groups() {
    return fields.length == 0
        ? 1
        : pairs.length == 0 ? fields[0].size() : pairs[pairs.length - 1].size();
  }

  /** The number of cells so far: of groups, where there are no buckets. */
  public int cells() {
    return bucketed ? cells.size() : groups();
  }

  /** Gets rows with their cells. */
  @FunctionalInterface
  public interface Sink {
    void accept(RowCells cells, Selection selection);
  }

  /**
   * Numbers the cells of the selected rows, and hands on the rows with them: all at once, or one
   * bucket after the other where there is nothing but buckets and the times ascend.
   *
   * @param keys the vectors of the fields
   * @param rule how times are split; null for a table without buckets
   */
  public void assign(
      List<ValueVector> keys,
      EventBlock block,
      @Nullable BucketRule rule,
      Selection selection,
      Sink sink) {
    if (rule == null) {
      sink.accept(groups(keys, block.rows(), selection), selection);
      return;
    }
    locate(block.minTime(), rule);
    boolean single = block.maxTime() < bucketEnd;
    if (fields.length > 0) {
      int[] high = single ? null : buckets(block.times(), rule, selection);
      int[] groups = groupNumbers(keys, block.rows(), selection);
      if (high == null) {
        high = new int[block.rows()];
        Arrays.fill(high, bucket());
      }
      combine(cells, high, groups, selection);
      sink.accept(RowCells.of(high), selection);
    } else if (single) {
      sink.accept(RowCells.all(cells.number(pair(bucket(), 0))), selection);
    } else if (ascending(block.times(), selection)) {
      runs(block.times(), rule, selection, sink);
    } else {
      int[] high = buckets(block.times(), rule, selection);
      combine(cells, high, new int[block.rows()], selection);
      sink.accept(RowCells.of(high), selection);
    }
  }

  private RowCells groups(List<ValueVector> keys, int rows, Selection selection) {
    return fields.length == 0 ? RowCells.all(0) : RowCells.of(groupNumbers(keys, rows, selection));
  }

  private int[] groupNumbers(List<ValueVector> keys, int rows, Selection selection) {
    int[] groups = new int[rows];
    fields[0].numbers(keys.get(0), selection, groups);
    for (int field = 1; field < fields.length; field++) {
      int[] more = new int[rows];
      fields[field].numbers(keys.get(field), selection, more);
      combine(pairs[field - 1], groups, more, selection);
    }
    return groups;
  }

  private static boolean ascending(long[] times, Selection selection) {
    int size = selection.size();
    int descents = 0;
    if (selection.isRange()) {
      int end = selection.first() + size;
      for (int row = selection.first() + 1; row < end; row++) {
        descents |= times[row] < times[row - 1] ? 1 : 0;
      }
    } else {
      for (int i = 1; i < size; i++) {
        descents |= times[selection.row(i)] < times[selection.row(i - 1)] ? 1 : 0;
      }
    }
    return descents == 0;
  }

  /** Splits ascending rows where buckets end, which a search finds. */
  private void runs(long[] times, BucketRule rule, Selection selection, Sink sink) {
    int from = 0;
    int size = selection.size();
    while (from < size) {
      locate(times[selection.row(from)], rule);
      int to = firstAtOrAfter(times, selection, from, bucketEnd);
      sink.accept(RowCells.all(cells.number(pair(bucket(), 0))), selection.part(from, to));
      from = to;
    }
  }

  /** Steps that double, then halves: runs are often short against the rest. */
  private static int firstAtOrAfter(long[] times, Selection selection, int from, long time) {
    int low = from;
    int step = 1;
    int size = selection.size();
    while (low + step < size && times[selection.row(low + step)] < time) {
      low += step;
      step *= 2;
    }
    int high = Math.min(size, low + step);
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (times[selection.row(middle)] < time) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private static void combine(LongIntMap map, int[] high, int[] low, Selection selection) {
    long lastPair = -1;
    int lastNumber = 0;
    for (int i = 0; i < selection.size(); i++) {
      int row = selection.row(i);
      long pair = pair(high[row], low[row]);
      if (pair != lastPair) {
        lastPair = pair;
        lastNumber = map.number(pair);
      }
      high[row] = lastNumber;
    }
  }

  private int[] buckets(long[] times, BucketRule rule, Selection selection) {
    int[] result = new int[times.length];
    for (int i = 0; i < selection.size(); i++) {
      int row = selection.row(i);
      long time = times[row];
      if (time < bucketStart || time >= bucketEnd) {
        locate(time, rule);
      }
      result[row] = bucket();
    }
    return result;
  }

  /** Finds the bucket of a time; it has no number before it has events. */
  private void locate(long time, BucketRule rule) {
    if (time < bucketStart || time >= bucketEnd) {
      bucketStart = rule.start(time);
      bucketEnd = rule.end(bucketStart);
      bucket = -1;
    }
  }

  /** The number of the bucket found last. */
  private int bucket() {
    if (bucket < 0) {
      bucket = buckets.number(bucketStart);
    }
    return bucket;
  }

  private static long pair(int high, int low) {
    return (long) high << 32 | low;
  }

  /** The group of a cell. */
  public int group(int cell) {
    return bucketed ? (int) cells.key(cell) : cell;
  }

  /** The start of a cell's bucket. */
  public long bucket(int cell) {
    return buckets.key((int) (cells.key(cell) >>> 32));
  }

  /** The keys of a group: null, a Boolean, a Double or a String each. */
  public List<@Nullable Object> keys(int group) {
    @Nullable Object[] keys = new @Nullable Object[fields.length];
    int at = group;
    for (int field = fields.length - 1; field > 0; field--) {
      long pair = pairs[field - 1].key(at);
      keys[field] = fields[field].value((int) pair);
      at = (int) (pair >>> 32);
    }
    if (fields.length > 0) {
      keys[0] = fields[0].value(at);
    }
    return new ArrayList<@Nullable Object>(Arrays.asList(keys));
  }

  /** The number that a cell of another table of the same form has in this one, made if new. */
  public int adopt(GroupTable other, int cell) {
    int group = adoptGroup(other, other.group(cell));
    return bucketed ? cells.number(pair(buckets.number(other.bucket(cell)), group)) : group;
  }

  private int adoptGroup(GroupTable other, int group) {
    if (fields.length == 0) {
      return 0;
    }
    List<@Nullable Object> keys = other.keys(group);
    int number = fields[0].number(keys.get(0));
    for (int field = 1; field < fields.length; field++) {
      number = pairs[field - 1].number(pair(number, fields[field].number(keys.get(field))));
    }
    return number;
  }
}
