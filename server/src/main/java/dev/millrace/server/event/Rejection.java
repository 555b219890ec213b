package dev.millrace.server.event;

/**
 * Why one event of a batch was refused.
 *
 * @param row the event's place in the batch, from 0
 * @param reason the rule
 * @param field the field within the event, such as {@code time} or {@code properties.geo.lat};
 *     empty for the event as a whole
 * @param message the rule in words, with the value found and the value allowed
 * @param eventId the event's id if it was readable, else empty
 * @param original what was sent, byte for byte
 * @param format how {@code original} is to be read
 */
public record Rejection(
    int row,
    RejectReason reason,
    String field,
    String message,
    String eventId,
    byte[] original,
    OriginalFormat format) {}
