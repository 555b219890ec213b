package dev.millrace.server.storage.table;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** The tables of a shard. Their names in lower case are part of the stored format. */
public enum Table {
  /** The shard's state and its projects. */
  META,
  /** Blocks of events, in chunks. */
  LOG,
  /** What can be known of a block without reading it, by project and sequence. */
  BLOCKS,
  /** Where the n-th event of the shard is, for the first event of each block. */
  ORDINALS,
  /** Rejected events. */
  REJECTED,
  /** Rejected events by the hash of their bytes. */
  REJECTED_INDEX,
  /** Producers with their last batch numbers. */
  PRODUCERS,
  /** Remembered event ids. */
  DEDUP,
  /** The manifest: sealed segments, by project and first sequence. */
  SEGMENTS,
  /** The chunks of segments. */
  SEGMENT_CHUNKS,
  /** How far each project is sealed. */
  SEALED;

  /** The tables that are written with every commit. */
  public static final Set<Table> OF_LOG = Collections.unmodifiableSet(EnumSet.range(META, DEDUP));

  /** The tables of segments, kept apart so that reading them doesn't hold up the log. */
  public static final Set<Table> OF_SEGMENTS =
      Collections.unmodifiableSet(EnumSet.range(SEGMENTS, SEALED));
}
