package dev.millrace.server.event;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events as columns, on their way from the wire to the log. Row {@code i} is the batch's event
 * {@code i}, also if it was rejected: rows keep their places, so that verdicts can name them.
 *
 * <p>Texts are {@link Slice}s of one byte heap, which for protobuf requests is the request itself:
 * nothing is copied and no object is made per event. A batch is filled by one thread, handed on
 * whole, and not changed after it has been appended to a store.
 */
public final class EventBatch {
  /** No time given. */
  public static final long NO_TIME = Long.MIN_VALUE;

  private final PropertyPaths paths = new PropertyPaths();
  private final List<Rejection> rejections = new ArrayList<>();
  private final long[][] texts = new long[TextField.COUNT][];
  private BatchHeader header;
  private byte[] bytes;
  private int bytesLength;
  private int size;
  private long[] times;
  private double[] values;
  private long[] tags;
  private byte[] states;
  private long receivedMicros = NO_TIME;
  private boolean idsNew;
  private long @Nullable [] idHashes;
  private long @Nullable [] userHashes;
  private byte[] source = new byte[0];
  private OriginalFormat sourceFormat = OriginalFormat.PROTOBUF;
  private long[] originals;

  private static final byte OK = 0;
  private static final byte REJECTED = 1;
  private static final byte FILTERED = 2;

  /**
   * An empty batch over a heap that it takes over.
   *
   * @param heap the bytes that slices refer to, of which the first {@code heapLength} are in use
   * @param expectedRows a guess of the number of events, for sizing
   */
  public EventBatch(BatchHeader header, byte[] heap, int heapLength, int expectedRows) {
    this.header = header;
    this.bytes = heap;
    this.bytesLength = heapLength;
    int capacity = Math.max(4, expectedRows);
    for (int i = 0; i < texts.length; i++) {
      texts[i] = new long[capacity];
      Arrays.fill(texts[i], Slice.ABSENT);
    }
    times = new long[capacity];
    values = new double[capacity];
    tags = new long[capacity];
    states = new byte[capacity];
    originals = new long[capacity];
  }

  public BatchHeader header() {
    return header;
  }

  public void header(BatchHeader replacement) {
    header = replacement;
  }

  /** The number of events, rejected and filtered ones included. */
  public int size() {
    return size;
  }

  /** The heap that slices refer to. May be replaced by a larger one when bytes are appended. */
  public byte[] heap() {
    return bytes;
  }

  /** Appends bytes to the heap. */
  public long append(byte[] source, int offset, int length) {
    reserve(length);
    System.arraycopy(source, offset, bytes, bytesLength, length);
    long slice = Slice.of(bytesLength, length);
    bytesLength += length;
    return slice;
  }

  /** Appends a text to the heap as UTF-8. */
  public long append(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    return append(encoded, 0, encoded.length);
  }

  private void reserve(int length) {
    int needed = Math.addExact(bytesLength, length);
    if (needed > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes, Math.max(needed, (int) Math.min(Integer.MAX_VALUE - 8L, bytes.length * 2L)));
    }
  }

  /** Begins the next event, all of whose fields are absent, and returns its row. */
  public int beginRow() {
    if (size == times.length) {
      grow();
    }
    int row = size++;
    times[row] = NO_TIME;
    values[row] = Double.NaN;
    tags[row] = Slice.ABSENT;
    originals[row] = Slice.ABSENT;
    return row;
  }

  private void grow() {
    int capacity = size * 2;
    for (int i = 0; i < texts.length; i++) {
      texts[i] = Arrays.copyOf(texts[i], capacity);
      Arrays.fill(texts[i], size, capacity, Slice.ABSENT);
    }
    times = Arrays.copyOf(times, capacity);
    values = Arrays.copyOf(values, capacity);
    tags = Arrays.copyOf(tags, capacity);
    states = Arrays.copyOf(states, capacity);
    originals = Arrays.copyOf(originals, capacity);
  }

  /** The text of a field as a slice of the heap, or {@link Slice#ABSENT}; never an empty slice. */
  public long text(TextField field, int row) {
    return texts[field.ordinal()][row];
  }

  /** Sets a text. An empty one is the same as none. */
  public void text(TextField field, int row, long slice) {
    texts[field.ordinal()][row] = Slice.length(slice) == 0 ? Slice.ABSENT : slice;
  }

  /** The text as a string, or null if absent. For messages and tests, not for the main path. */
  public @Nullable String textString(TextField field, int row) {
    long slice = text(field, row);
    return slice == Slice.ABSENT ? null : string(slice);
  }

  /** A slice of the heap as a string. */
  public String string(long slice) {
    return new String(bytes, Slice.offset(slice), Slice.length(slice), StandardCharsets.UTF_8);
  }

  /** Microseconds since 1970, or {@link #NO_TIME}. */
  public long time(int row) {
    return times[row];
  }

  public void time(int row, long micros) {
    times[row] = micros;
  }

  /** The event's value; NaN if it has none. */
  public double value(int row) {
    return values[row];
  }

  public void value(int row, double value) {
    values[row] = value;
  }

  /** The tags as a slice in the form of {@link ListCodec}, or {@link Slice#ABSENT}. */
  public long tags(int row) {
    return tags[row];
  }

  public void tags(int row, long slice) {
    tags[row] = slice;
  }

  /** The path that stands for the properties as a whole. */
  public static int rootPath() {
    return PropertyPaths.ROOT;
  }

  /** The path of a key below a parent path, made if new. */
  public int path(int parent, byte[] source, int offset, int length) {
    return paths.child(parent, source, offset, length);
  }

  /**
   * The path of a key of the newest row, like {@link #path}. A key that comes twice within one
   * object takes the values away that it had before, since the last one counts.
   *
   * @throws BrokenEvent if the key is too long, empty, or no text; its field is empty
   */
  public int key(int parent, int row, byte[] source, int offset, int length) {
    int path = paths.child(parent, source, offset, length);
    if (paths.repeats(path, row)) {
      paths.forget(path, row);
    }
    return path;
  }

  /** Takes away the properties that the newest row has at a path and below it. */
  public void forget(int path, int row) {
    paths.forget(path, row);
  }

  /** The written form of a path, see {@link PropertyPath}. */
  public String pathName(int path) {
    return paths.name(path);
  }

  /** Different paths so far, inner ones included. */
  public int pathCount() {
    return paths.size();
  }

  /** Sets a property of the newest row; see {@link PropertyColumn#payload} for the payload. */
  public void property(int path, int row, Kind kind, long payload) {
    paths.column(path).add(row, kind, payload);
  }

  /** The properties that have values, in the order in which they first came. */
  public List<PropertyColumn> properties() {
    return paths.columns();
  }

  /** Marks an event as refused. Only the first rejection of a row counts. */
  public void reject(Rejection rejection) {
    if (states[rejection.row()] != REJECTED) {
      states[rejection.row()] = REJECTED;
      rejections.add(rejection);
    }
  }

  /** Refuses an event of the {@link #source}, and keeps what was sent. */
  public void reject(int row, RejectReason reason, String field, String message) {
    if (states[row] == REJECTED) {
      return;
    }
    String eventId = textString(TextField.EVENT_ID, row);
    reject(
        new Rejection(
            row,
            reason,
            field,
            message,
            eventId == null ? "" : eventId,
            original(row),
            sourceFormat));
  }

  /**
   * Sets where the events were read from.
   *
   * @param bytes the request as it was sent
   */
  public void source(byte[] bytes, OriginalFormat format) {
    source = bytes;
    sourceFormat = format;
  }

  /** Sets which part of the {@link #source} an event was read from. */
  public void original(int row, int offset, int length) {
    originals[row] = Slice.of(offset, length);
  }

  /** A copy of what was sent of an event; empty if its source isn't known. */
  private byte[] original(int row) {
    long slice = originals[row];
    if (slice == Slice.ABSENT) {
      return new byte[0];
    }
    int offset = Slice.offset(slice);
    return Arrays.copyOfRange(source, offset, offset + Slice.length(slice));
  }

  public List<Rejection> rejections() {
    return rejections;
  }

  /** Leaves an event out by a rule of the configuration. */
  public void filter(int row) {
    states[row] = FILTERED;
  }

  /** Whether an event is still to be stored: neither rejected nor filtered. */
  public boolean live(int row) {
    return states[row] == OK;
  }

  public boolean rejected(int row) {
    return states[row] == REJECTED;
  }

  public boolean filtered(int row) {
    return states[row] == FILTERED;
  }

  /** When the server received the batch, microseconds since 1970: the clock of all that follows. */
  public long receivedMicros() {
    return receivedMicros;
  }

  public void receivedMicros(long micros) {
    receivedMicros = micros;
  }

  /** Says that the server made the ids of all live rows, and that no event can have had them. */
  public void markIdsNew() {
    idsNew = true;
  }

  /** Whether none of the live rows can have been stored before; false if that isn't known. */
  public boolean idsNew() {
    return idsNew;
  }

  /**
   * Sets what {@link #idHash} and {@link #userHash} return; arrays as long as the batch at least.
   */
  public void hashes(long[] ids, long[] users) {
    idHashes = ids;
    userHashes = users;
  }

  /** The 64-bit hash of (user, event id), see {@link EventHashes}. */
  public long idHash(int row) {
    return idHashes(row)[row];
  }

  private long[] idHashes(int row) {
    long[] hashes = idHashes;
    if (hashes == null) {
      throw new IllegalStateException("not hashed yet: row " + row);
    }
    return hashes;
  }

  /**
   * The 64-bit hash of the user, or of what routes the event in its place, see {@link EventHashes}.
   */
  public long userHash(int row) {
    long[] hashes = userHashes;
    if (hashes == null) {
      throw new IllegalStateException("not hashed yet: row " + row);
    }
    return hashes[row];
  }

  /** The bytes of the heap in use, a measure of the batch's size. */
  public int heapLength() {
    return bytesLength;
  }
}
