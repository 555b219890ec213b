package dev.millrace.server.query.operator;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.ValueVector;
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
    int[] byCode = unknown(vector.dictionary());
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
    int[] codes = vector.codes();
    Dictionary dictionary = vector.dictionary();
    int[] byCode = unknown(dictionary);
    int[] rows = selection.rows();
    for (int i = 0; i < selection.size(); i++) {
      int row = rows[i];
      int code = codes[row];
      int key = byCode[code];
      if (key < 0) {
        key = number(dictionary.text(code));
        byCode[code] = key;
      }
      result[row] = key;
    }
  }

  private static int[] unknown(Dictionary dictionary) {
    int[] byCode = new int[dictionary.size()];
    Arrays.fill(byCode, -1);
    return byCode;
  }
}
