package dev.millrace.server.log.segment.v1;

import dev.millrace.server.event.EventHashes;
import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.segment.v1.encoding.FrontCoding;
import dev.millrace.server.log.segment.v1.encoding.PlainCodec;
import dev.millrace.server.log.segment.v1.encoding.Values;
import org.jspecify.annotations.Nullable;

/**
 * The values of a column's dictionary, decoded when one is first asked for and shared by all
 * snapshots. Safe for use by several threads.
 */
final class SharedValues {
  private final int texts;
  private final int lists;
  private final Region region;
  private final String name;
  private volatile @Nullable Loaded loaded;

  /**
   * @param hashes of the values by code, 0 where it isn't known yet; set without locks
   */
  record Loaded(Values texts, Values lists, long[] hashes) {}

  SharedValues(int texts, int lists, Region region, String name) {
    if (texts < 0 || lists < 0) {
      throw new IllegalArgumentException("%d texts, %d lists".formatted(texts, lists));
    }
    this.texts = texts;
    this.lists = lists;
    this.region = region;
    this.name = name;
  }

  int texts() {
    return texts;
  }

  int size() {
    return Math.addExact(texts, lists);
  }

  /** Names the column in errors. */
  String name() {
    return name;
  }

  /** What the dictionary takes in the segment. */
  int bytes() {
    return region.length();
  }

  long retainedBytes() {
    Loaded known = loaded;
    return known == null
        ? 0
        : known.texts.retainedBytes() + known.lists.retainedBytes() + 8L * known.hashes.length;
  }

  Loaded load(Regions regions) {
    Loaded known = loaded;
    if (known == null) {
      synchronized (this) {
        known = loaded;
        if (known == null) {
          known = read(regions);
          loaded = known;
        }
      }
    }
    return known;
  }

  private Loaded read(Regions regions) {
    Input in = new Input(regions.read(region, name, true));
    try {
      boolean uuids = in.getByte() == 1;
      Values readTexts = FrontCoding.read(in, texts);
      Values readLists = FrontCoding.read(in, lists);
      in.end();
      return new Loaded(
          uuids ? PlainCodec.uuidTexts(readTexts) : readTexts, readLists, new long[size()]);
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw regions.broken(name, e);
    }
  }

  /** The hash of a value's bytes. */
  static long hash(Values values, int value) {
    return EventHashes.hash(values.bytes(), values.start(value), values.length(value));
  }
}
