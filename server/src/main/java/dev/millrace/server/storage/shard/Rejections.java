package dev.millrace.server.storage.shard;

import dev.millrace.server.event.EventHashes;
import dev.millrace.server.event.Rejection;
import dev.millrace.server.storage.StoredRejection;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import dev.millrace.server.storage.table.WriteTransaction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rejected events: the latest of each project, up to a number and an amount of bytes. The same
 * bytes are kept once.
 */
final class Rejections {
  private final long perProject;
  private final long bytesPerProject;

  Rejections(long perProject, long bytesPerProject) {
    this.perProject = perProject;
    this.bytesPerProject = bytesPerProject;
  }

  ProjectState keep(
      WriteTransaction transaction, ProjectState project, Rejection rejection, long received) {
    byte[] original = rejection.original();
    long hash = EventHashes.hash(original, 0, original.length);
    byte[] indexKey = Keys.inProject(project.number(), hash);
    ByteBuffer index = transaction.get(Table.REJECTED_INDEX, indexKey);
    if (index != null) {
      ByteBuffer kept =
          transaction.get(Table.REJECTED, Keys.inProject(project.number(), index.getLong(0)));
      if (kept != null && RejectionRecord.isOf(kept, rejection)) {
        return project;
      }
    }
    long number = project.nextRejection();
    ByteBuffer record = RejectionRecord.encode(rejection, hash, received);
    transaction.put(Table.REJECTED, Keys.inProject(project.number(), number), record);
    transaction.put(Table.REJECTED_INDEX, indexKey, ByteBuffer.allocate(8).putLong(number).flip());
    return trim(transaction, project.rejected(record.remaining()));
  }

  private ProjectState trim(WriteTransaction transaction, ProjectState project) {
    ProjectState state = project;
    while (state.rejections() > perProject || state.rejectionBytes() > bytesPerProject) {
      Long oldest = oldest(transaction, state.number());
      if (oldest == null) {
        break;
      }
      state = drop(transaction, state, oldest);
    }
    return state;
  }

  private static @Nullable Long oldest(TableReader tables, int project) {
    @Nullable Long[] oldest = new Long[1];
    tables.scan(
        Table.REJECTED,
        Keys.inProject(project, 0),
        (key, value) -> {
          oldest[0] = key.getInt(0) == project ? key.getLong(4) : null;
          return false;
        });
    return oldest[0];
  }

  ProjectState drop(WriteTransaction transaction, ProjectState project, String id) {
    return drop(transaction, project, RejectionRecord.number(id));
  }

  private static ProjectState drop(
      WriteTransaction transaction, ProjectState project, long number) {
    byte[] key = Keys.inProject(project.number(), number);
    ByteBuffer record = transaction.get(Table.REJECTED, key);
    if (record == null) {
      return project;
    }
    int bytes = record.remaining();
    byte[] indexKey = Keys.inProject(project.number(), RejectionRecord.hash(record));
    ByteBuffer index = transaction.get(Table.REJECTED_INDEX, indexKey);
    // Another record of the same hash may have taken the place.
    boolean ours = index != null && index.getLong(0) == number;
    transaction.delete(Table.REJECTED, key);
    if (ours) {
      transaction.delete(Table.REJECTED_INDEX, indexKey);
    }
    return project.dropped(bytes);
  }

  static List<StoredRejection> list(
      TableReader tables, int project, @Nullable String afterId, int limit) {
    List<StoredRejection> found = new ArrayList<>();
    long from = afterId == null ? Long.MAX_VALUE : RejectionRecord.number(afterId) - 1;
    if (from < 0 || limit <= 0) {
      return found;
    }
    tables.scanBackward(
        Table.REJECTED,
        Keys.inProject(project, from),
        (key, value) -> {
          boolean ours = key.getInt(0) == project;
          if (ours) {
            found.add(RejectionRecord.decode(key.getLong(4), value));
          }
          return ours && found.size() < limit;
        });
    return found;
  }

  static List<StoredRejection> get(TableReader tables, int project, List<String> ids) {
    List<StoredRejection> found = new ArrayList<>();
    for (String id : ids) {
      long number = RejectionRecord.number(id);
      ByteBuffer record = tables.get(Table.REJECTED, Keys.inProject(project, number));
      if (record != null) {
        found.add(RejectionRecord.decode(number, record));
      }
    }
    return found;
  }
}
