package dev.millrace.server.log.format.v1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks that were written when format v1 was made are read for ever. */
final class GoldenBlocksTest {
  @ParameterizedTest
  @EnumSource
  void blocks_of_old_read_as_they_were_written(GoldenBlocks golden) throws IOException {
    assertThat(StoredEvent.read(Blocks.open(stored(golden)))).isEqualTo(golden.events());
  }

  @ParameterizedTest
  @EnumSource
  void blocks_are_still_written_with_the_same_bytes(GoldenBlocks golden) throws IOException {
    assertThat(golden.write()).isEqualTo(stored(golden));
  }

  private static byte[] stored(GoldenBlocks golden) throws IOException {
    String name = "/golden/log-v1/" + golden.file();
    try (InputStream in = GoldenBlocksTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }
}
