package dev.millrace.server.storage.kit;

import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.node.EmbeddedStorage;
import dev.millrace.server.storage.node.StorageConfig;
import dev.millrace.server.storage.segments.SealingLimits;
import java.time.Duration;
import java.util.function.Function;

/** What has become of the events that a test asks for. */
public enum SealingState {
  /** All are in blocks of the log. */
  UNSEALED(new SealingLimits(1 << 22, Duration.ofDays(36_500), 4, 1 << 22)),

  /** All are in a segment of their own for each time the store was read. */
  SEALED(new SealingLimits(1 << 22, Duration.ofDays(36_500), 64, 64)),

  /** All are in segments that were merged as far as they can be. */
  MERGED(new SealingLimits(1 << 22, Duration.ofDays(36_500), 2, 1 << 22)),

  /** They are being sealed and merged, a few at a time, while the test runs. */
  UNDER_WAY(new SealingLimits(20, Duration.ZERO, 2, 100_000));

  private final SealingLimits limits;

  SealingState(SealingLimits limits) {
    this.limits = limits;
  }

  /** Opens a store that keeps its events in this state. */
  Storage open(StorageConfig config, Function<StorageConfig, Storage> opener) {
    Storage storage = opener.apply(config.withSealing(limits));
    return this == SEALED || this == MERGED
        ? new SealedStorage((EmbeddedStorage) storage)
        : storage;
  }
}
