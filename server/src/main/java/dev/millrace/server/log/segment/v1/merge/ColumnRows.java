package dev.millrace.server.log.segment.v1.merge;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.Kind;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.log.format.v1.Uuids;
import dev.millrace.server.log.segment.v1.encoding.Values;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A column of all rows of a segment in the making, by row of the segment. */
public final class ColumnRows {
  private final ColumnScan.Choice choice;
  private final byte[] kinds;
  private double @Nullable [] numbers;
  private int @Nullable [] codes;
  private final Values texts = new Values();
  private final Values lists = new Values();
  private int[] textOrder = {};
  private int[] listOrder = {};

  // The codes that values of the dictionary seen last have here; -1 for those not met yet.
  private Dictionary seen = Dictionary.EMPTY;
  private StoredForm form = new StoredForm(seen);
  private int[] seenCodes = {};
  private final byte[] uuid = new byte[Uuids.LENGTH];

  private ColumnRows(int rows, ColumnScan.Choice choice) {
    this.choice = choice;
    this.kinds = new byte[rows];
  }

  /**
   * Gathers a column of all blocks.
   *
   * @param targets for each row of the blocks, counted through, its row in the segment
   */
  public static ColumnRows collect(
      List<? extends EventBlock> blocks, Column column, int[] targets) {
    ColumnRows rows = new ColumnRows(targets.length, ColumnScan.choose(blocks, column));
    int from = 0;
    for (EventBlock block : blocks) {
      rows.add(block.column(column), targets, from);
      from += block.rows();
    }
    if (rows.choice.dictionary()) {
      rows.sort();
    }
    return rows;
  }

  private void add(ValueVector vector, int[] targets, int from) {
    int count = vector.rows();
    for (int row = 0; row < count; row++) {
      kinds[targets[from + row]] = (byte) vector.kind(row).ordinal();
    }
    if (vector.hasNumbers()) {
      addNumbers(vector.numbers(), count, targets, from);
    }
    if (vector.hasCodes()) {
      addCodes(vector, targets, from);
    }
  }

  private void addNumbers(double[] of, int count, int[] targets, int from) {
    double[] into = numbers;
    if (into == null) {
      into = new double[kinds.length];
      numbers = into;
    }
    for (int row = 0; row < count; row++) {
      into[targets[from + row]] = of[row];
    }
  }

  private void addCodes(ValueVector vector, int[] targets, int from) {
    int[] into = codes;
    if (into == null) {
      into = new int[kinds.length];
      codes = into;
    }
    see(vector.dictionary());
    int[] of = vector.codes();
    for (int row = 0; row < vector.rows(); row++) {
      Kind kind = vector.kind(row);
      if (kind == Kind.TEXT || kind == Kind.LIST) {
        into[targets[from + row]] = code(of[row], kind);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // pieces share the very same dictionary
  private void see(Dictionary dictionary) {
    if (dictionary != seen) {
      seen = dictionary;
      form = new StoredForm(dictionary);
      seenCodes = new int[choice.dictionary() ? dictionary.size() : 0];
      Arrays.fill(seenCodes, -1);
    }
  }

  private int code(int code, Kind kind) {
    if (choice.dictionary() && seenCodes[code] >= 0) {
      return seenCodes[code];
    }
    form.read(code, kind);
    byte[] bytes = form.bytes();
    int length = form.length();
    Values into = kind == Kind.TEXT ? texts : lists;
    if (kind == Kind.TEXT && choice.uuids()) {
      Uuids.parse(bytes, 0, uuid, 0);
      bytes = uuid;
      length = Uuids.LENGTH;
    }
    if (!choice.dictionary()) {
      return into.append(bytes, 0, length);
    }
    int found = into.intern(bytes, 0, length);
    seenCodes[code] = found;
    return found;
  }

  /** Makes the codes of the dictionary ascend with its values, lists after texts. */
  private void sort() {
    textOrder = texts.sorted();
    listOrder = lists.sorted();
    int[] of = codes;
    if (of == null) {
      return;
    }
    int[] textCodes = inverse(textOrder, 0);
    int[] listCodes = inverse(listOrder, textOrder.length);
    byte text = (byte) Kind.TEXT.ordinal();
    byte list = (byte) Kind.LIST.ordinal();
    for (int row = 0; row < of.length; row++) {
      if (kinds[row] == text) {
        of[row] = textCodes[of[row]];
      } else if (kinds[row] == list) {
        of[row] = listCodes[of[row]];
      }
    }
  }

  private static int[] inverse(int[] order, int from) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = from + i;
    }
    return inverse;
  }

  /** Ordinals of {@link Kind} by row. */
  public byte[] kinds() {
    return kinds;
  }

  /** The number, or 0 or 1 for a boolean, at a row of such a kind. */
  public double number(int row) {
    if (numbers == null) {
      throw new IllegalStateException("a column without numbers");
    }
    return numbers[row];
  }

  /**
   * The code of a text or list: in the dictionary if there is one, else the number of the value in
   * {@link #texts} or {@link #lists}.
   */
  public int code(int row) {
    if (codes == null) {
      throw new IllegalStateException("a column without texts or lists");
    }
    return codes[row];
  }

  /** Whether texts and lists are kept once each, with codes. */
  public boolean dictionary() {
    return choice.dictionary();
  }

  /** Whether texts are UUIDs, which are kept in 16 bytes. */
  public boolean uuids() {
    return choice.uuids();
  }

  /** The different texts if there's a dictionary, else those of all rows as they came. */
  public Values texts() {
    return texts;
  }

  /** Like {@link #texts}. */
  public Values lists() {
    return lists;
  }

  /** The texts of the dictionary in the order of their codes. */
  public int[] textOrder() {
    return textOrder;
  }

  /** The lists of the dictionary in the order of their codes. */
  public int[] listOrder() {
    return listOrder;
  }
}
