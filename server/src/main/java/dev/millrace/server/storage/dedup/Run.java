package dev.millrace.server.storage.dedup;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A sorted, immutable piece of what is remembered. Used by the shard's writer. */
final class Run implements AutoCloseable {
  private final RunManifest manifest;
  private final RunFilter filter;
  private final long[] firstPrefixes;
  private final BitSet verified = new BitSet();

  /**
   * @param firstPrefixes the first prefix of each chunk
   */
  Run(RunManifest manifest, RunFilter filter, long[] firstPrefixes) {
    this.manifest = manifest;
    this.filter = filter;
    this.firstPrefixes = firstPrefixes;
  }

  static Run load(RunManifest manifest, TableReader tables) {
    long[] firstPrefixes = new long[manifest.chunks()];
    for (int i = 0; i < firstPrefixes.length; i++) {
      firstPrefixes[i] = chunk(tables, manifest, i).firstPrefix();
    }
    return new Run(manifest, loadFilter(manifest, tables), firstPrefixes);
  }

  private static RunFilter loadFilter(RunManifest manifest, TableReader tables) {
    RunFilter filter = RunFilter.ofBytes(manifest.filterBytes());
    CRC32C crc = new CRC32C();
    long loaded = 0;
    for (int i = 0; loaded < manifest.filterBytes(); i++) {
      ByteBuffer piece = tables.get(Table.DEDUP, RunKeys.piece(RunKeys.FILTER, manifest.run(), i));
      if (piece == null || piece.remaining() > manifest.filterBytes() - loaded) {
        break;
      }
      filter.load(loaded, piece);
      loaded += piece.remaining();
      crc.update(piece.duplicate());
    }
    if (loaded != manifest.filterBytes() || (int) crc.getValue() != manifest.filterCrc()) {
      filter.close();
      throw new StorageException.Corrupt(what(manifest) + ": the filter isn't whole", null);
    }
    return filter;
  }

  static RunChunk chunk(TableReader tables, RunManifest manifest, int index) {
    ByteBuffer chunk = tables.get(Table.DEDUP, RunKeys.piece(RunKeys.CHUNK, manifest.run(), index));
    if (chunk == null) {
      throw new StorageException.Corrupt(what(manifest) + " lacks chunk " + index, null);
    }
    return new RunChunk(chunk, manifest.baseOrdinal(), what(manifest));
  }

  private static String what(RunManifest manifest) {
    return "run " + manifest.run() + " of remembered ids";
  }

  RunManifest manifest() {
    return manifest;
  }

  long memoryBytes() {
    return filter.bytes() + 8L * firstPrefixes.length;
  }

  boolean mayContain(long prefix) {
    return filter.mayContain(prefix);
  }

  /** Visits the ordinals of a prefix; returns whether to go on looking elsewhere. */
  boolean find(TableReader tables, long prefix, Candidates candidates) {
    int at = Arrays.binarySearch(firstPrefixes, prefix);
    at = at < 0 ? -at - 1 : at;
    // Ids of one prefix may begin in an earlier chunk than the first that starts with it.
    while (at > 0 && (at == firstPrefixes.length || firstPrefixes[at] >= prefix)) {
      at--;
    }
    for (; at < firstPrefixes.length && firstPrefixes[at] <= prefix; at++) {
      if (!verifiedChunk(tables, at).find(prefix, candidates)) {
        return false;
      }
    }
    return true;
  }

  /** The run's ids in order. */
  IdSource source() {
    return new Source();
  }

  private RunChunk verifiedChunk(TableReader tables, int index) {
    RunChunk chunk = chunk(tables, manifest, index);
    // Once for each chunk and process: a checksum takes longer than a look-up.
    if (!verified.get(index)) {
      chunk.verify(what(manifest) + ", chunk " + index);
      verified.set(index);
    }
    return chunk;
  }

  @Override
  public void close() {
    filter.close();
  }

  private final class Source implements IdSource {
    private int nextChunk;
    private long @Nullable [] prefixes;
    private long[] ordinals = new long[0];
    private int size;
    private int index = -1;

    @Override
    public boolean next(TableReader tables) {
      index++;
      while (index == size) {
        if (nextChunk == manifest.chunks()) {
          return false;
        }
        RunChunk chunk = verifiedChunk(tables, nextChunk++);
        size = chunk.ids();
        prefixes = new long[size];
        ordinals = new long[size];
        chunk.decode(prefixes, ordinals);
        index = 0;
      }
      return true;
    }

    @Override
    public long prefix() {
      if (prefixes == null) {
        throw new IllegalStateException("next comes first");
      }
      return prefixes[index];
    }

    @Override
    public long ordinal() {
      return ordinals[index];
    }
  }
}
