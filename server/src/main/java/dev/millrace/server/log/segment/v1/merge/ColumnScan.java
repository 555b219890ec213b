package dev.millrace.server.log.segment.v1.merge;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.Kind;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.log.format.v1.Uuids;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A first look at a column, to choose how its texts are kept. How many different ones there are is
 * estimated from those whose hashes fall into a sample (distinct sampling: Gibbons, VLDB 2001).
 */
final class ColumnScan {
  private static final long SAMPLE_MASK = 31;

  /** A dictionary of more bytes than this would hold up whoever only wants a few rows. */
  private static final long DICTIONARY_BYTES_MAX = 24L << 20;

  /** What a UUID takes among sorted ones, and by itself. */
  private static final double UUID_SORTED = 14;

  private static final double UUID_PLAIN = 13;

  private final Set<Long> sample = new HashSet<>();
  private long sampled;
  private long entries;
  private long bytes;
  private boolean uuids = true;

  private ColumnScan() {}

  /**
   * How to keep texts.
   *
   * @param dictionary once each, with a code for each row; else in the order of rows
   * @param uuids all texts are UUIDs
   */
  record Choice(boolean dictionary, boolean uuids) {}

  static Choice choose(List<? extends EventBlock> blocks, Column column) {
    ColumnScan scan = new ColumnScan();
    for (EventBlock block : blocks) {
      ValueVector vector = block.column(column);
      if (vector.hasCodes()) {
        scan.add(vector);
      }
    }
    return scan.choice();
  }

  private void add(ValueVector vector) {
    Dictionary dictionary = vector.dictionary();
    int[] codes = vector.codes();
    byte[] kinds = vector.kinds();
    StoredForm form = new StoredForm(dictionary);
    int checked = -1;
    for (int row = 0; row < vector.rows(); row++) {
      Kind kind = kinds == null ? vector.kind(row) : Kind.of(kinds[row]);
      if (kind != Kind.TEXT && kind != Kind.LIST) {
        continue;
      }
      int code = codes[row];
      entries++;
      long hash = dictionary.hash(code);
      if ((hash & SAMPLE_MASK) == 0) {
        sampled++;
        sample.add(hash);
      }
      if (code != checked) {
        form.read(code, kind);
        checked = code;
        uuids &= kind == Kind.LIST || isUuid(form);
      }
      bytes += form.length();
    }
  }

  private static boolean isUuid(StoredForm form) {
    return form.length() == Uuids.TEXT_LENGTH
        && Uuids.parse(form.bytes(), 0, new byte[Uuids.LENGTH], 0);
  }

  private Choice choice() {
    if (entries == 0) {
      return new Choice(true, false);
    }
    double distinct =
        sampled == 0 ? Math.min(entries, SAMPLE_MASK) : (double) entries * sample.size() / sampled;
    double mean = (double) bytes / entries;
    double codes = Math.ceil(Math.log(Math.max(2, distinct)) / Math.log(2)) / 8;
    double inDictionary = distinct * (uuids ? UUID_SORTED : 2 + mean * 0.6) + entries * codes;
    double plain = entries * (uuids ? UUID_PLAIN : 0.5 + mean * 0.8);
    boolean dictionary =
        distinct < 64 || (inDictionary <= plain && distinct * mean <= DICTIONARY_BYTES_MAX);
    return new Choice(dictionary, uuids);
  }
}
