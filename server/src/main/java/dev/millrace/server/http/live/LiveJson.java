package dev.millrace.server.http.live;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import dev.millrace.server.http.PlainJson;
import dev.millrace.v1.Delta;
import dev.millrace.v1.Snapshot;
import java.util.Set;

/** How messages of live streams are written as JSON, on one line. */
final class LiveJson {
  // Lists that are there also when they are empty, so that readers can rely on them.
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer()
          .omittingInsignificantWhitespace()
          .includingDefaultValueFields(
              Set.of(
                  Snapshot.getDescriptor().findFieldByNumber(Snapshot.ROWS_FIELD_NUMBER),
                  Delta.getDescriptor().findFieldByNumber(Delta.UPSERTED_FIELD_NUMBER),
                  Delta.getDescriptor().findFieldByNumber(Delta.REMOVED_FIELD_NUMBER)));

  private LiveJson() {}

  static String of(MessageOrBuilder message) {
    try {
      return PlainJson.of(PRINTER.print(message));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a message that can't be written as JSON", e);
    }
  }
}
