package dev.millrace.server.storage.segments;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.log.segment.ChunkSource;
import dev.millrace.server.log.segment.Segment;
import dev.millrace.server.storage.ShardView.ScanRange;
import dev.millrace.server.storage.table.ReadSnapshot;
import dev.millrace.server.storage.table.Table;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The sealed segments of a shard as of one moment. May be used from several threads at once, until
 * it is closed: what was opened through it is good as long as it.
 */
public final class SegmentSnapshot implements AutoCloseable {
  private final ReadSnapshot tables;
  private final SegmentCache cache;
  private final Object owner;
  // One state of the tables may be read by one thread at a time.
  private final ReentrantLock reading = new ReentrantLock();
  private final Map<Long, Segment> opened = new ConcurrentHashMap<>();

  SegmentSnapshot(ReadSnapshot tables, SegmentCache cache, Object owner) {
    this.tables = tables;
    this.cache = cache;
    this.owner = owner;
  }

  /** How far a project is sealed. */
  public SealedState state(int project) {
    reading.lock();
    try {
      return Manifest.state(tables, project);
    } finally {
      reading.unlock();
    }
  }

  /**
   * Segments that may hold events of a range, in the order of sequences.
   *
   * @param retainedFrom those whose latest event is earlier don't count
   */
  public List<SegmentEntry> find(int project, ScanRange range, long retainedFrom) {
    reading.lock();
    try {
      return Manifest.find(tables, project, range, retainedFrom);
    } finally {
      reading.unlock();
    }
  }

  /** The segment whose stretch a sequence lies in, or null if there is none. */
  public @Nullable SegmentEntry at(int project, long sequence) {
    reading.lock();
    try {
      return Manifest.at(tables, project, sequence);
    } finally {
      reading.unlock();
    }
  }

  /**
   * Opens a segment of this snapshot.
   *
   * @throws StorageException.Corrupt if it can't be read
   */
  public Segment open(SegmentEntry entry) {
    Segment segment = opened.get(entry.id());
    if (segment == null) {
      Segment fresh = cache.open(owner, entry, new Chunks(entry));
      segment = opened.putIfAbsent(entry.id(), fresh);
      segment = segment == null ? fresh : segment;
    }
    return segment;
  }

  /** The chunks of a segment of this snapshot. */
  ChunkSource chunks(SegmentEntry entry) {
    return new Chunks(entry);
  }

  @Override
  public void close() {
    opened.keySet().forEach(id -> cache.used(owner, id));
    opened.clear();
    tables.close();
  }

  private final class Chunks implements ChunkSource {
    private final SegmentEntry entry;
    private final AtomicReferenceArray<@Nullable ByteBuffer> chunks;

    Chunks(SegmentEntry entry) {
      this.entry = entry;
      this.chunks = new AtomicReferenceArray<>(entry.chunks());
    }

    @Override
    public ByteBuffer chunk(int number) {
      if (number < 0 || number >= entry.chunks()) {
        throw lacks(number);
      }
      ByteBuffer chunk = chunks.get(number);
      if (chunk == null) {
        chunk = read(number);
        chunks.set(number, chunk);
      }
      return chunk.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer read(int number) {
      byte[] key = SegmentKeys.chunk(entry.id(), number);
      reading.lock();
      try {
        ByteBuffer chunk = tables.get(Table.SEGMENT_CHUNKS, key);
        if (chunk == null) {
          throw lacks(number);
        }
        return chunk;
      } finally {
        reading.unlock();
      }
    }

    private StorageException lacks(int number) {
      return new StorageException.Corrupt(entry.what() + " lacks chunk " + number, null);
    }
  }
}
