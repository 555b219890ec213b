package dev.millrace.replay;

import dev.millrace.client.Event;
import java.time.Instant;

/**
 * An event as it was recorded, before it is given the time it is sent with.
 *
 * @param row its place among the events of its data set, from 1
 * @param time when it happened
 * @param event all of it but its time
 */
public record Recorded(long row, Instant time, Event.Builder event) {}
