package dev.millrace.server.storage;

import dev.millrace.server.event.OriginalFormat;
import dev.millrace.server.event.RejectReason;

/**
 * A rejected event as it is kept.
 *
 * @param id names it within the project; ids ascend in the order of receipt
 * @param receivedMicros when it was received, microseconds since 1970
 * @param original what was sent, at most 64 KiB of it
 * @param truncated whether {@code original} was cut off
 */
public record StoredRejection(
    String id,
    RejectReason reason,
    String field,
    String message,
    long receivedMicros,
    byte[] original,
    OriginalFormat format,
    boolean truncated) {}
