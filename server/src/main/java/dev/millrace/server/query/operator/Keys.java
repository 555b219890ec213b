package dev.millrace.server.query.operator;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.query.vector.PerDictionary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The different values that a field has had, numbered. A missing value and null are one key, null;
 * a list counts as its JSON text, so that it is one key with that text, and an empty object
 * likewise.
 */
final class Keys {
  private final List<@Nullable Object> values = new ArrayList<>();
  private final Map<Object, Integer> numbers = new HashMap<>();
  private final PerDictionary<int[]> keysByCode = new PerDictionary<>(Keys::unknown);
  private int missing = -1;

  int size() {
    return values.size();
  }

  /** Null, a Boolean, a Double or a String. */
  @Nullable Object value(int number) {
    return values.get(number);
  }

  int number(@Nullable Object value) {
    if (value == null) {
      if (missing < 0) {
        missing = values.size();
        values.add(null);
      }
      return missing;
    }
    Integer known = numbers.putIfAbsent(value, values.size());
    if (known != null) {
      return known;
    }
    values.add(value);
    return values.size() - 1;
  }

  /** Numbers the keys of the selected rows; entries of other rows are left as they are. */
  void numbers(ValueVector vector, Selection selection, int[] result) {
    if (selection.isEmpty()) {
      return;
    }
    if (vector.uniform() && vector.kind(0) == Kind.TEXT) {
      texts(vector, selection, result);
      return;
    }
    int[] byCode = keysByCode.of(vector.dictionary());
    double lastNumber = Double.NaN;
    int lastKey = 0;
    for (int i = 0; i < selection.size(); i++) {
      int row = selection.row(i);
      Kind kind = vector.kind(row);
      if (kind == Kind.NUMBER && vector.number(row) == lastNumber) {
        result[row] = lastKey;
      } else if (kind == Kind.NUMBER) {
        lastNumber = vector.number(row);
        // Zero and minus zero are one number.
        lastKey = number(lastNumber + 0.0);
        result[row] = lastKey;
      } else {
        result[row] = other(vector, row, kind, byCode);
      }
    }
  }

  private int other(ValueVector vector, int row, Kind kind, int[] byCode) {
    return switch (kind) {
      case TEXT, LIST -> {
        int code = vector.code(row);
        if (byCode[code] < 0) {
          Dictionary dictionary = vector.dictionary();
          byCode[code] =
              number(
                  kind == Kind.TEXT ? dictionary.text(code) : JsonText.of(dictionary.list(code)));
        }
        yield byCode[code];
      }
      case BOOLEAN -> number(vector.number(row) != 0);
      case NUMBER -> number(vector.number(row));
      case EMPTY_OBJECT -> number("{}");
      case MISSING, NULL -> number(null);
    };
  }

  private void texts(ValueVector vector, Selection selection, int[] result) {
    Dictionary dictionary = vector.dictionary();
    int[] byCode = keysByCode.of(dictionary);
    byte[] narrow = vector.narrowCodes();
    if (narrow != null && selection.isRange()) {
      int end = selection.first() + selection.size();
      for (int row = selection.first(); row < end; row++) {
        int code = narrow[row] & 0xFF;
        int key = byCode[code];
        result[row] = key < 0 ? text(dictionary, byCode, code) : key;
      }
      return;
    }
    for (int i = 0; i < selection.size(); i++) {
      int row = selection.row(i);
      int code = vector.code(row);
      int key = byCode[code];
      result[row] = key < 0 ? text(dictionary, byCode, code) : key;
    }
  }

  private int text(Dictionary dictionary, int[] byCode, int code) {
    int key = number(dictionary.text(code));
    byCode[code] = key;
    return key;
  }

  private static int[] unknown(Dictionary dictionary) {
    int[] byCode = new int[dictionary.size()];
    Arrays.fill(byCode, -1);
    return byCode;
  }
}
