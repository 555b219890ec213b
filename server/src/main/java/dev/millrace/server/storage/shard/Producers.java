package dev.millrace.server.storage.shard;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import dev.millrace.server.storage.table.WriteTransaction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last batch of each numbering producer. A record is {@code u8 version, i64 epoch, i64 number,
 * i64 the shard's clock}, big-endian. Not thread-safe.
 */
final class Producers {
  private static final byte VERSION = 1;

  // The order of first use, so that the same mutations write in the same order.
  private final Map<Name, Progress> staged = new LinkedHashMap<>();

  private record Name(int project, String producer) {
    byte[] key() {
      return Keys.producer(project, producer.getBytes(StandardCharsets.UTF_8));
    }
  }

  private record Progress(long epoch, long number, long clockMicros) {}

  /** What the numbers say of a batch. */
  sealed interface Answer {
    /** It is the next one, and has been noted. */
    record Next() implements Answer {}

    /** It has been applied before. */
    record Seen() implements Answer {}

    /** It mustn't be applied. */
    record Refused(Verdict why) implements Answer {}
  }

  Answer apply(TableReader tables, int project, BatchHeader header, long clockMicros) {
    Name name = new Name(project, header.producerId());
    Progress last = staged.get(name);
    if (last == null) {
      last = load(tables, name);
    }
    long expected = 1;
    if (last != null) {
      if (header.epoch() < last.epoch) {
        return new Answer.Refused(new Verdict.Fenced(last.epoch));
      }
      if (header.epoch() == last.epoch) {
        if (header.batchNumber() <= last.number) {
          return new Answer.Seen();
        }
        expected = last.number + 1;
      }
    }
    if (header.batchNumber() != expected) {
      return new Answer.Refused(new Verdict.Gap(expected));
    }
    staged.put(name, new Progress(header.epoch(), expected, clockMicros));
    return new Answer.Next();
  }

  private static @Nullable Progress load(TableReader tables, Name name) {
    ByteBuffer value = tables.get(Table.PRODUCERS, name.key());
    if (value == null) {
      return null;
    }
    if (value.get(0) > VERSION) {
      throw new StorageException.TooNew("a producer's record", value.get(0), VERSION);
    }
    return new Progress(value.getLong(1), value.getLong(9), value.getLong(17));
  }

  void write(WriteTransaction transaction) {
    staged.forEach(
        (name, progress) -> {
          ByteBuffer value = ByteBuffer.allocate(25).put(VERSION).putLong(progress.epoch);
          value.putLong(progress.number).putLong(progress.clockMicros).flip();
          transaction.put(Table.PRODUCERS, name.key(), value);
        });
  }

  void clear() {
    staged.clear();
  }
}
