package dev.millrace.server.storage.shard;

import dev.millrace.server.storage.segments.SealingLimits;
import java.time.Duration;

/**
 * How much a shard keeps beside events.
 *
 * @param window how long event ids are remembered, by the time of acceptance
 * @param idsInMemory ids kept in memory before they are written out as a run
 * @param rejections rejected events kept for a project
 * @param rejectionBytes bytes of them
 * @param sealing when blocks become segments
 */
public record ShardLimits(
    Duration window,
    int idsInMemory,
    long rejections,
    long rejectionBytes,
    SealingLimits sealing) {}
