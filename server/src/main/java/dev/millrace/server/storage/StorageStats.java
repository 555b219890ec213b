package dev.millrace.server.storage;

import java.time.Duration;

/**
 * How a store is doing.
 *
 * @param shards the number of shards
 * @param events events stored, all projects
 * @param bytes bytes taken on disk
 * @param freeBytes bytes of free pages within them
 * @param oldestReader how long the oldest open snapshot has been open; zero if there is none
 * @param queuedEvents events waiting for a writer
 * @param queuedBytes bytes of batches waiting for a writer
 * @param rememberedIds event ids remembered for de-duplication
 * @param rememberedIdsMemoryBytes memory they take, on the heap and off it
 * @param segments how sealing is doing
 */
public record StorageStats(
    int shards,
    long events,
    long bytes,
    long freeBytes,
    Duration oldestReader,
    long queuedEvents,
    long queuedBytes,
    long rememberedIds,
    long rememberedIdsMemoryBytes,
    SegmentStats segments) {}
