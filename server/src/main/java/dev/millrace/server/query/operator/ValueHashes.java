package dev.millrace.server.query.operator;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.ValueVector;

/**
 * 64-bit hashes of the values of a vector, which depend on kind and value alone: the same in every
 * block, and different for the text "6" and the number 6. Hashes of a dictionary's entries are
 * computed once.
 */
public final class ValueHashes {
  private static final long TEXT = 0x5bd1e9955bd1e995L;
  private static final long LIST = 0x27d4eb2f165667c5L;
  private static final long NUMBER = 0x165667b19e3779f9L;
  private static final long OTHER = 0x2545f4914f6cdd1dL;

  private final ValueVector vector;
  private final long[] byCode;
  private final boolean[] known;

  public ValueHashes(ValueVector vector) {
    this.vector = vector;
    int size = vector.hasCodes() ? vector.dictionary().size() : 0;
    byCode = new long[size];
    known = new boolean[size];
  }

  /** The hash of a row that has a value. */
  public long hash(int row) {
    Kind kind = vector.kind(row);
    return switch (kind) {
      case TEXT, LIST -> ofCode(vector.code(row), kind);
      case NUMBER -> mix(Double.doubleToLongBits(vector.number(row) + 0.0) ^ NUMBER);
      case BOOLEAN -> mix(OTHER + (vector.number(row) != 0 ? 1 : 2));
      case EMPTY_OBJECT -> mix(OTHER + 3);
      case MISSING, NULL -> throw new IllegalStateException("no value at row " + row);
    };
  }

  private long ofCode(int code, Kind kind) {
    if (!known[code]) {
      Dictionary dictionary = vector.dictionary();
      byCode[code] = ofEntry(dictionary.hash(code), kind);
      known[code] = true;
    }
    return byCode[code];
  }

  /** The hash of a text or a list whose dictionary gives it another. */
  static long ofEntry(long hash, Kind kind) {
    return mix(hash ^ (kind == Kind.TEXT ? TEXT : LIST));
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood; public domain), a bijection. */
  private static long mix(long h) {
    long x = h;
    x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }
}
