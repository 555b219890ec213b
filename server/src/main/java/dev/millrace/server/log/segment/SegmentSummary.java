package dev.millrace.server.log.segment;

/**
 * What is known of a segment without opening it. All bounds are inclusive; times are microseconds
 * since 1970.
 *
 * @param rows events, at least 1
 * @param chunks the number of its chunks
 * @param bytes of all chunks together
 * @param minTime the earliest event time
 * @param maxTime the latest event time
 * @param minSequence the smallest sequence; not every number up to the largest needs to be in it
 * @param maxSequence the largest sequence
 * @param minReceived the earliest time of receipt
 * @param maxReceived the latest time of receipt
 */
public record SegmentSummary(
    int rows,
    int chunks,
    long bytes,
    long minTime,
    long maxTime,
    long minSequence,
    long maxSequence,
    long minReceived,
    long maxReceived) {}
