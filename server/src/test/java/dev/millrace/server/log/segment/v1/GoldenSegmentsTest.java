package dev.millrace.server.log.segment.v1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.log.segment.ChunkSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Segments that were written when version 1 was made are read for ever. */
final class GoldenSegmentsTest {
  @ParameterizedTest
  @EnumSource
  void segments_of_old_read_as_they_were_written(GoldenSegments golden) throws IOException {
    assertThat(Segments.read(Segments.open(stored(golden)))).isEqualTo(golden.events());
  }

  private static Segments.Chunks stored(GoldenSegments golden) throws IOException {
    String name = "/golden/segment-v1/" + golden.file();
    Segments.Chunks chunks = new Segments.Chunks();
    try (InputStream in = GoldenSegmentsTest.class.getResourceAsStream(name)) {
      Objects.requireNonNull(in, name);
      for (byte[] chunk = in.readNBytes(ChunkSink.CHUNK_BYTES_MAX);
          chunk.length > 0;
          chunk = in.readNBytes(ChunkSink.CHUNK_BYTES_MAX)) {
        chunks.put(chunks.chunks.size(), ByteBuffer.wrap(chunk));
      }
    }
    return chunks;
  }
}
