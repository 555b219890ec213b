package dev.millrace.server.storage.table;

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
  DEDUP
}
