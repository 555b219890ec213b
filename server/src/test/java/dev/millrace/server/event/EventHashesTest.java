package dev.millrace.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Hashes are kept on disk and route events to shards, so they must never change. */
final class EventHashesTest {
  @Test
  void texts_hash_by_xxh3() {
    // The published value for no bytes and seed 0.
    assertThat(hash("")).isEqualTo(0x2d06800538d394c2L);
  }

  @Test
  void hashes_stay_what_they_were() {
    assertThat(hash("user-1")).isEqualTo(8968379626967066057L);
    assertThat(EventHashes.combine(hash("e1"), hash("user-1"))).isEqualTo(-4669547482235120305L);
  }

  private static long hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return EventHashes.hash(bytes, 0, bytes.length);
  }
}
