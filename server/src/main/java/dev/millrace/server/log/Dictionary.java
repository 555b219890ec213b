package dev.millrace.server.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The texts and lists of a column of a block by code. A code is used for a text or for a list,
 * never for both. Confined to one thread.
 */
public interface Dictionary {
  /** Of a column without texts or lists. */
  Dictionary EMPTY =
      new Dictionary() {
        @Override
        public int size() {
          return 0;
        }

        @Override
        public boolean distinct() {
          return true;
        }

        @Override
        public boolean hasLists() {
          return false;
        }

        @Override
        public String text(int code) {
          throw new IndexOutOfBoundsException(code);
        }

        @Override
        public List<@Nullable Object> list(int code) {
          throw new IndexOutOfBoundsException(code);
        }

        @Override
        public long hash(int code) {
          throw new IndexOutOfBoundsException(code);
        }
      };

  /** Codes are 0 to size - 1. */
  int size();

  /** Whether different codes always mean different values. */
  boolean distinct();

  /**
   * Whether some codes may stand for lists. Where none does, a condition on texts can be tested on
   * the whole dictionary.
   */
  default boolean hasLists() {
    return true;
  }

  /** The text of a code; decoded anew at each call, so callers keep what they need again. */
  String text(int code);

  /** The list of a code, in the form of {@link dev.millrace.server.event.ListCodec#decode}. */
  List<@Nullable Object> list(int code);

  /**
   * The 64-bit hash (XXH3) of the value's stored bytes: equal values have equal hashes in every
   * block.
   */
  long hash(int code);
}
