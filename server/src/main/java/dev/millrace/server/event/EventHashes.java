package dev.millrace.server.event;

import net.openhft.hashing.LongHashFunction;

/**
 * The 64-bit hashes (XXH3, seed 0) by which events are de-duplicated and routed to shards. They are
 * part of the stored format: changing them forgets remembered ids.
 */
public final class EventHashes {
  private static final LongHashFunction XXH3 = LongHashFunction.xx3();

  private EventHashes() {}

  /**
   * Hashes the live rows of a batch whose ids have been stamped. The user hash is of the user id,
   * else of the session id, else of the event id, so that what belongs together is routed together;
   * the id hash is of the event id, seeded with the hash of the user alone, since the same id of
   * another user is another event.
   */
  public static void fill(EventBatch batch) {
    int size = batch.size();
    long[] ids = new long[size];
    long[] users = new long[size];
    byte[] heap = batch.heap();
    for (int row = 0; row < size; row++) {
      if (!batch.live(row)) {
        continue;
      }
      long user = batch.text(TextField.USER_ID, row);
      long id = batch.text(TextField.EVENT_ID, row);
      long userHash = user == Slice.ABSENT ? 0 : hash(heap, user);
      ids[row] = combine(hash(heap, id), userHash);
      users[row] = user != Slice.ABSENT ? userHash : routeWithoutUser(batch, heap, row);
    }
    batch.hashes(ids, users);
  }

  private static long routeWithoutUser(EventBatch batch, byte[] heap, int row) {
    long session = batch.text(TextField.SESSION_ID, row);
    return hash(heap, session != Slice.ABSENT ? session : batch.text(TextField.EVENT_ID, row));
  }

  /**
   * The id hash of an event, from the hash of the text of its event id and the hash of the text of
   * its user id, 0 if it has none.
   */
  public static long combine(long eventIdHash, long userIdHash) {
    return mix(eventIdHash ^ Long.rotateLeft(userIdHash, 32));
  }

  /** The hash of bytes. */
  public static long hash(byte[] bytes, int offset, int length) {
    return XXH3.hashBytes(bytes, offset, length);
  }

  private static long hash(byte[] heap, long slice) {
    return XXH3.hashBytes(heap, Slice.offset(slice), Slice.length(slice));
  }

  /** The finaliser of MurmurHash3 (Appleby, public domain). */
  private static long mix(long h) {
    long x = h;
    x = (x ^ (x >>> 33)) * 0xff51afd7ed558ccdL;
    x = (x ^ (x >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return x ^ (x >>> 33);
  }
}
