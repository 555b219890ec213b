package dev.millrace.server.query.operator;

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

  /**
   * Numbers the cells of the selected rows.
   *
   * @param keys the vectors of the fields
   * @param rule how times are split; unless it is a table without buckets
   * @return cell numbers by row; those of rows not selected mean nothing
   */
  public int[] assign(
      List<ValueVector> keys, long[] times, @Nullable BucketRule rule, Selection selection) {
    int[] groups = new int[times.length];
    for (int field = 0; field < fields.length; field++) {
      if (field == 0) {
        fields[0].numbers(keys.get(0), selection, groups);
      } else {
        int[] more = new int[times.length];
        fields[field].numbers(keys.get(field), selection, more);
        combine(pairs[field - 1], groups, more, selection);
      }
    }
    if (rule != null) {
      int[] bucketNumbers = buckets(times, rule, selection);
      combine(cells, bucketNumbers, groups, selection);
      return bucketNumbers;
    }
    return groups;
  }

  private static void combine(LongIntMap map, int[] high, int[] low, Selection selection) {
    int[] rows = selection.rows();
    long lastPair = -1;
    int lastNumber = 0;
    for (int i = 0; i < selection.size(); i++) {
      int row = rows[i];
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
    int[] rows = selection.rows();
    for (int i = 0; i < selection.size(); i++) {
      long time = times[rows[i]];
      if (time < bucketStart || time >= bucketEnd) {
        bucketStart = rule.start(time);
        bucketEnd = rule.end(bucketStart);
        bucket = buckets.number(bucketStart);
      }
      result[rows[i]] = bucket;
    }
    return result;
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
