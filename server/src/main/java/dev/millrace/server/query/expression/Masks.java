package dev.millrace.server.query.expression;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.ValueVector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The loops that make a mask, true where a condition holds, out of a vector and a constant. */
final class Masks {
  private static final byte UNKNOWN = 0;
  private static final byte YES = 1;
  private static final byte NO = 2;

  private Masks() {}

  /** A condition on an entry of a dictionary. */
  @FunctionalInterface
  interface CodeTest {
    boolean test(Dictionary dictionary, int code);
  }

  static boolean[] present(ValueVector vector) {
    boolean[] mask = new boolean[vector.rows()];
    byte[] kinds = vector.kinds();
    if (kinds == null) {
      if (mask.length > 0) {
        Arrays.fill(mask, BlockColumns.present(vector, 0));
      }
      return mask;
    }
    for (int i = 0; i < mask.length; i++) {
      mask[i] = kinds[i] != Kind.MISSING.ordinal() && kinds[i] != Kind.NULL.ordinal();
    }
    return mask;
  }

  static boolean[] texts(ValueVector vector, CodeTest test) {
    return codes(vector, Kind.TEXT, test);
  }

  /**
   * Tests the texts or the lists of a column: each entry of the dictionary once, then the codes.
   */
  static boolean[] codes(ValueVector vector, Kind kind, CodeTest test) {
    boolean[] mask = new boolean[vector.rows()];
    if (!vector.hasCodes() || mask.length == 0) {
      return mask;
    }
    int[] codes = vector.codes();
    Dictionary dictionary = vector.dictionary();
    byte[] kinds = vector.kinds();
    if (kinds == null && vector.kind(0) != kind) {
      return mask;
    }
    if (kinds == null && dictionary.size() <= mask.length / 4) {
      boolean[] holds = new boolean[dictionary.size()];
      for (int code = 0; code < holds.length; code++) {
        holds[code] = test.test(dictionary, code);
      }
      for (int i = 0; i < mask.length; i++) {
        mask[i] = holds[codes[i]];
      }
      return mask;
    }
    byte[] results = new byte[dictionary.size()];
    for (int i = 0; i < mask.length; i++) {
      if (kinds == null || kinds[i] == kind.ordinal()) {
        int code = codes[i];
        if (results[code] == UNKNOWN) {
          results[code] = test.test(dictionary, code) ? YES : NO;
        }
        mask[i] = results[code] == YES;
      }
    }
    return mask;
  }

  /** Compares the numbers of a column with one. */
  static boolean[] numbers(ValueVector vector, Comparison comparison, double constant) {
    boolean[] mask = new boolean[vector.rows()];
    byte[] kinds = vector.kinds();
    if (mask.length == 0
        || !vector.hasNumbers()
        || (kinds == null && vector.kind(0) != Kind.NUMBER)) {
      return mask;
    }
    compare(vector.numbers(), comparison, constant, mask);
    keep(mask, kinds, Kind.NUMBER);
    return mask;
  }

  /** Compares the booleans of a column with 0 or 1. */
  static boolean[] booleans(ValueVector vector, Comparison comparison, double constant) {
    boolean[] mask = new boolean[vector.rows()];
    byte[] kinds = vector.kinds();
    if (kinds == null || !vector.hasNumbers()) {
      return mask;
    }
    compare(vector.numbers(), comparison, constant, mask);
    keep(mask, kinds, Kind.BOOLEAN);
    return mask;
  }

  private static void keep(boolean[] mask, byte @Nullable [] kinds, Kind kind) {
    if (kinds != null) {
      for (int i = 0; i < mask.length; i++) {
        mask[i] &= kinds[i] == kind.ordinal();
      }
    }
  }

  private static void compare(
      double[] numbers, Comparison comparison, double constant, boolean[] mask) {
    int rows = mask.length;
    switch (comparison) {
      case EQUAL -> {
        for (int i = 0; i < rows; i++) {
          mask[i] = numbers[i] == constant;
        }
      }
      case NOT_EQUAL -> {
        for (int i = 0; i < rows; i++) {
          mask[i] = numbers[i] != constant;
        }
      }
      case LESS -> {
        for (int i = 0; i < rows; i++) {
          mask[i] = numbers[i] < constant;
        }
      }
      case LESS_OR_EQUAL -> {
        for (int i = 0; i < rows; i++) {
          mask[i] = numbers[i] <= constant;
        }
      }
      case GREATER -> {
        for (int i = 0; i < rows; i++) {
          mask[i] = numbers[i] > constant;
        }
      }
      case GREATER_OR_EQUAL -> {
        for (int i = 0; i < rows; i++) {
          mask[i] = numbers[i] >= constant;
        }
      }
    }
  }

  static boolean[] not(boolean[] mask) {
    for (int i = 0; i < mask.length; i++) {
      mask[i] = !mask[i];
    }
    return mask;
  }

  static boolean[] and(boolean[] mask, boolean[] other) {
    for (int i = 0; i < mask.length; i++) {
      mask[i] &= other[i];
    }
    return mask;
  }

  static boolean[] or(boolean[] mask, boolean[] other) {
    for (int i = 0; i < mask.length; i++) {
      mask[i] |= other[i];
    }
    return mask;
  }
}
