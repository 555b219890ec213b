package dev.millrace.server.query.vector;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.ValueVector;

/**
 * A condition on the texts or the lists of a column, tested on dictionaries before rows. Not
 * thread-safe.
 */
public final class CodeCondition {
  private final Kind kind;
  private final PerDictionary<CodeMatches> matches;

  /**
   * A condition.
   *
   * @param kind TEXT or LIST; values of other kinds don't meet it
   */
  public CodeCondition(Kind kind, CodeMatches.Test test) {
    this.kind = kind;
    this.matches = new PerDictionary<>(dictionary -> new CodeMatches(dictionary, test));
  }

  /** What is known of all rows together. */
  public enum Outcome {
    NONE,
    ALL,
    SOME
  }

  /** What a summary says. */
  public Outcome outcome(ColumnSummary summary) {
    return summary.mayHold(kind) ? Outcome.SOME : Outcome.NONE;
  }

  /**
   * What a dictionary says, if it is worth going through.
   *
   * @param rows how many rows use it in this block
   */
  public Outcome outcome(ColumnSummary summary, Dictionary dictionary, int rows) {
    if (!pure(dictionary) || dictionary.size() > rows) {
      return Outcome.SOME;
    }
    CodeMatches found = matches.of(dictionary);
    found.complete();
    if (found.none()) {
      return Outcome.NONE;
    }
    return found.all() && summary.kinds() == 1 << kind.ordinal() ? Outcome.ALL : Outcome.SOME;
  }

  /** Whether all entries of the dictionary are known to be of the kind. */
  private boolean pure(Dictionary dictionary) {
    return kind == Kind.TEXT && !dictionary.hasLists();
  }

  /**
   * The rows that meet it.
   *
   * @param within the rows that matter; others may come out either way
   */
  public Mask test(ValueVector vector, Mask within) {
    int rows = vector.rows();
    byte[] kinds = vector.kinds();
    if (!vector.hasCodes() || rows == 0 || (kinds == null && vector.kind(0) != kind)) {
      return Mask.none(rows);
    }
    CodeMatches found = matches.of(vector.dictionary());
    byte[] narrow = vector.narrowCodes();
    if (pure(vector.dictionary()) && (narrow != null || found.size() <= rows / 4)) {
      found.complete();
      if (found.none()) {
        return Mask.none(rows);
      }
      if (!within.sparse()) {
        Mask holds =
            found.all()
                ? Mask.all(rows)
                : narrow != null
                    ? NarrowCodes.matching(narrow, rows, found)
                    : wide(vector.codes(), rows, found);
        return kinds == null ? holds : holds.and(NarrowCodes.equal(kinds, rows, kind.ordinal()));
      }
    }
    return within.refined(
        row -> (kinds == null || kinds[row] == kind.ordinal()) && found.holds(vector.code(row)));
  }

  private static Mask wide(int[] codes, int rows, CodeMatches found) {
    long[] words = Mask.newWords(rows);
    for (int word = 0; word < words.length; word++) {
      int base = word << 6;
      int end = Math.min(64, rows - base);
      long bits = 0;
      for (int bit = 0; bit < end; bit++) {
        bits |= (found.holds(codes[base + bit]) ? 1L : 0L) << bit;
      }
      words[word] = bits;
    }
    return Mask.ofWords(words, rows);
  }

  /** The rows of a computed column that meet a condition. */
  public static Mask once(ValueVector vector, Kind kind, Mask within, CodeMatches.Test test) {
    return new CodeCondition(kind, test).test(vector, within);
  }
}
