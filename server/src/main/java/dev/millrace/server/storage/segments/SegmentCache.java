package dev.millrace.server.storage.segments;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.millrace.server.log.segment.ChunkSource;
import dev.millrace.server.log.segment.Segment;
import dev.millrace.server.log.segment.v1.SegmentReader;

/**
 * What has been decoded for whole segments, dictionaries above all, up to an amount of memory;
 * shared by all questions. Holds copies on the heap only, never the bytes of a snapshot.
 * Thread-safe.
 */
public final class SegmentCache {
  // What an entry takes beside what the segment says of itself.
  private static final long ENTRY_BYTES = 1024;
  private static final ChunkSource NONE =
      number -> {
        throw new IllegalStateException("chunk " + number + " asked of no snapshot");
      };

  private final Cache<Key, Held> cache;

  /** Ids are unique within an owner only. */
  private record Key(Object owner, long id) {}

  private static final class Held {
    final Segment segment;
    volatile long weight;

    Held(Segment segment) {
      this.segment = segment;
    }

    int weigh() {
      weight = ENTRY_BYTES + segment.retainedBytes();
      return (int) Math.min(Integer.MAX_VALUE, weight);
    }
  }

  /**
   * @param bytes how much to keep, about
   */
  public SegmentCache(long bytes) {
    cache =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher((Key key, Held held) -> held.weigh())
            .executor(Runnable::run)
            .build();
  }

  /** A segment as a snapshot sees it. */
  Segment open(Object owner, SegmentEntry entry, ChunkSource source) {
    Key key = new Key(owner, entry.id());
    Held held = cache.getIfPresent(key);
    if (held == null) {
      // Two that miss at once both open it, rather than one waiting for the other's reading.
      held = new Held(SegmentReader.open(source, entry.what()).over(NONE));
      cache.put(key, held);
    }
    return held.segment.over(source);
  }

  /** Weighs a segment again, which may have decoded more since. */
  void used(Object owner, long id) {
    cache.asMap().computeIfPresent(new Key(owner, id), (key, held) -> held);
  }

  /** Forgets a segment. */
  void forget(Object owner, long id) {
    cache.invalidate(new Key(owner, id));
  }

  /** About how much is kept, in bytes. */
  public long bytes() {
    return cache.policy().eviction().map(eviction -> eviction.weightedSize().orElse(0)).orElse(0L);
  }
}
