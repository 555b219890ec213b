package dev.millrace.server.log.segment.v1;

import dev.millrace.server.event.TextField;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.format.v1.GoldenBlocks;
import dev.millrace.server.log.format.v1.StoredEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Segments that are kept as files: every version from now on reads them. What their bytes are may
 * change with the choice of encodings, so only reading is held fast.
 */
enum GoldenSegments {
  KINDS(16, GoldenBlocks.KINDS.events()),
  TRAFFIC(250, GoldenBlocks.TRAFFIC.events()),
  MERGED(100, GoldenBlocks.KINDS.events(), addresses()),
  ADDRESSES(1000, addresses());

  private final int pieceRows;
  private final List<List<StoredEvent>> blocks;

  @SafeVarargs
  GoldenSegments(int pieceRows, List<StoredEvent>... blocks) {
    this.pieceRows = pieceRows;
    this.blocks = List.of(blocks);
  }

  /** Writes the golden files into a folder, where they mustn't be yet. */
  public static void main(String[] arguments) throws IOException {
    for (GoldenSegments golden : values()) {
      Files.write(
          Path.of(arguments[0], golden.file()), golden.write(), StandardOpenOption.CREATE_NEW);
    }
  }

  String file() {
    return name().toLowerCase(Locale.ROOT) + ".bin";
  }

  /** As a segment gives them. */
  List<StoredEvent> events() {
    return blocks.stream().flatMap(List::stream).sorted(Segments.ORDER).toList();
  }

  private byte[] write() {
    List<EventBlock> open = blocks.stream().map(Segments::block).toList();
    Segments.Chunks chunks = new Segments.Chunks();
    SegmentWriter.write(open, chunks, pieceRows);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    chunks.chunks.forEach(out::writeBytes);
    return out.toByteArray();
  }

  /** Long texts that compress, UUIDs of version 7, numbers of many digits, late events. */
  private static List<StoredEvent> addresses() {
    return IntStream.range(0, 2000)
        .mapToObj(
            i ->
                new StoredEvent(
                    20_000 + i,
                    1_768_478_400_000_000L + (i % 50 == 7 ? -i : i) * 1_000_003L,
                    1_768_478_401_000_000L,
                    Stream.of(TextField.EVENT_ID, TextField.SESSION_ID)
                        .collect(
                            Collectors.toMap(
                                field -> field,
                                field -> uuid7(field == TextField.EVENT_ID ? i : i / 20))),
                    Math.sqrt(i),
                    null,
                    new TreeMap<>(
                        Map.of(
                            "url",
                            "https://shop.example/articles/" + i * 7919L % 5000 + "?from=" + i,
                            "count",
                            (double) (i / 100)))))
        .toList();
  }

  private static String uuid7(int i) {
    long millis = 1_768_478_400_000L + i;
    return new UUID(millis << 16 | 7 << 12 | i * 31 & 0xfff, 1L << 63 | i * 0x9E37_79B9_7F4AL)
        .toString();
  }
}
