package dev.millrace.server.log.segment.v1.merge;

import dev.millrace.server.event.Kind;
import dev.millrace.server.event.ListCodec;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.StoredBytes;
import java.nio.charset.StandardCharsets;

/** Takes the stored bytes of values out of a dictionary, one at a time. */
final class StoredForm {
  private final Dictionary dictionary;
  private byte[] bytes = new byte[64];
  private int length;

  StoredForm(Dictionary dictionary) {
    this.dictionary = dictionary;
  }

  /** Reads a value of kind TEXT or LIST. */
  void read(int code, Kind kind) {
    if (dictionary instanceof StoredBytes stored) {
      length = stored.storedLength(code);
      if (bytes.length < length) {
        bytes = new byte[length + length / 2];
      }
      stored.copyStored(code, bytes, 0);
    } else {
      bytes =
          kind == Kind.TEXT
              ? dictionary.text(code).getBytes(StandardCharsets.UTF_8)
              : ListCodec.encode(dictionary.list(code));
      length = bytes.length;
    }
  }

  /** Holds the value read last, from the beginning. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }
}
