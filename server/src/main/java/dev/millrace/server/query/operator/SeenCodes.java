package dev.millrace.server.query.operator;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.Dictionary;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of a dictionary have been added to which cell, so that a value is hashed and added
 * once however often it comes. Where a bit for each cell and entry would take too much memory, the
 * cell that each entry was last added to is kept instead: adding twice does no harm.
 */
final class SeenCodes {
  private static final long BITS_MAX = 1L << 25;

  private final Dictionary dictionary;
  private final int wordCount;
  private final long[] hashes;
  private final boolean[] hashed;
  private long[] @Nullable [] bits = new long[0][];
  private long bitsUsed;
  private int @Nullable [] lastCell;

  SeenCodes(Dictionary dictionary) {
    this.dictionary = dictionary;
    this.wordCount = (dictionary.size() + 63) >>> 6;
    this.hashes = new long[dictionary.size()];
    this.hashed = new boolean[dictionary.size()];
  }

  /** Whether an entry hasn't been added to a cell, as far as is known; from now on it has. */
  boolean first(int cell, int code) {
    long[] of = cell < bits.length ? bits[cell] : null;
    if (of == null) {
      of = room(cell);
      if (of == null) {
        return firstInLast(cell, code);
      }
    }
    long word = of[code >>> 6];
    long bit = 1L << code;
    of[code >>> 6] = word | bit;
    return (word & bit) == 0;
  }

  private long @Nullable [] room(int cell) {
    bitsUsed += (long) wordCount << 6;
    if (bitsUsed > BITS_MAX) {
      bitsUsed -= (long) wordCount << 6;
      return null;
    }
    if (cell >= bits.length) {
      bits = Arrays.copyOf(bits, Aggregates.capacity(bits.length, cell + 1));
    }
    long[] made = new long[wordCount];
    bits[cell] = made;
    return made;
  }

  private boolean firstInLast(int cell, int code) {
    int[] last = lastCell;
    if (last == null) {
      last = new int[dictionary.size()];
      Arrays.fill(last, -1);
      lastCell = last;
    }
    boolean first = last[code] != cell;
    last[code] = cell;
    return first;
  }

  /** The hash of an entry, which is of a kind. */
  long hash(int code, Kind kind) {
    if (!hashed[code]) {
      hashes[code] = ValueHashes.ofEntry(dictionary.hash(code), kind);
      hashed[code] = true;
    }
    return hashes[code];
  }
}
