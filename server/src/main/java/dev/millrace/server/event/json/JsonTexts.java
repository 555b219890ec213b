package dev.millrace.server.event.json;

import dev.millrace.server.event.BrokenEvent;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.Slice;
import dev.millrace.server.event.TextField;
import dev.millrace.server.event.Utf8;
import java.nio.charset.StandardCharsets;

/** Texts of JSON as bytes of UTF-8. */
final class JsonTexts {
  private JsonTexts() {}

  /**
   * Encodes a text.
   *
   * @throws BrokenEvent with TEXT_INVALID if it holds half a surrogate pair or a NUL character
   */
  static byte[] encode(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        throw EventLimits.invalidText();
      }
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          throw EventLimits.invalidText();
        }
        i++;
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Adds a text to the heap of a batch. */
  static long append(EventBatch batch, String text) {
    byte[] encoded = encode(text);
    return batch.append(encoded, 0, encoded.length);
  }

  /** Sets a text field, within its limit. */
  static void set(EventBatch batch, TextField field, int row, String text) {
    byte[] encoded = encode(text);
    int length = encoded.length;
    if (field == TextField.USER_AGENT) {
      length = Utf8.prefix(encoded, 0, length, EventLimits.textBytes(field));
    } else {
      EventLimits.checkText(field, length);
    }
    batch.text(field, row, length == 0 ? Slice.ABSENT : batch.append(encoded, 0, length));
  }
}
